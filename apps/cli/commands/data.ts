import { gzipSync } from 'node:zlib';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { candleFile } from '#port/candle-file';
import { AresError } from '../../../src/core/ares-error.ts';
import type { Candle, Timeframe } from '../../../src/core/market-data/candle.ts';
import { type EpochMillis, epochMillis } from '../../../src/core/ports/clock.ts';
import { CANDLE_HEADER, candleLines } from '../data/candle-lines.ts';
import { seriesFacts, seriesText } from '../data/describe-series.ts';
import { fetchCandles } from '../data/fetch-candles.ts';
import { refuseExisting, writeNewFile } from '../data/write-new-file.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { defineGroup } from '../define-group.ts';
import { symbolText, timeframeText, timeText } from '../option-parsers.ts';
import { startProgress } from '../progress.ts';
import { counted, momentText } from '../render/words.ts';
import type { Report } from '../report.ts';
import { requireOneMachine, type Session } from '../session.ts';

interface FetchOptions {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly from: EpochMillis;
  readonly to?: EpochMillis;
  readonly out: string;
}

interface ImportOptions {
  readonly out?: string;
  readonly volume: 'base' | 'quote';
}

export function defineData(program: Command, deliver: Deliver): void {
  const data = defineGroup(program, {
    name: 'data',
    about: 'Candles from exchanges and from your own files.',
    examples: [
      'data import mine.csv',
      'data fetch --exchange binance --symbol BTC/USDT --timeframe 1m --from 2024-01-01 --out btc.csv',
    ],
  });
  defineCommand<FetchOptions>(data, deliver, {
    name: 'fetch',
    about: 'Fetches closed candles of any exchange that ccxt knows into a CSV file; no account needed.',
    more: 'Every page is on disk before the next is asked for: interrupted, the same command goes on after the last candle in the file.',
    examples: [
      'data fetch --exchange binance --symbol BTC/USDT --timeframe 1m --from 2024-01-01 --to 2024-02-01 --out btc.csv',
      'data fetch --exchange kraken --symbol ETH/EUR --timeframe 1h --from 2024-01-01 --out eth.csv --json',
    ],
    options: (command) =>
      command
        .requiredOption('--exchange <id>', "ccxt's name of the exchange")
        .requiredOption('--symbol <symbol>', 'BASE/QUOTE', symbolText)
        .requiredOption('--timeframe <span>', 'of one candle: 1m, 15m, 4h, 1d', timeframeText)
        .requiredOption('--from <date>', 'candles that open at this time (UTC) or later', timeText)
        .option('--to <date>', 'candles that open before this time (UTC) (default: now)', timeText)
        .requiredOption('--out <file>', 'CSV file to write or to go on with', csvPath),
    run: (session, options) => fetchInto(session, options),
  });
  defineCommand<ImportOptions>(data, deliver, {
    name: 'import',
    about: 'Checks a candle file of your own, reports its gaps, and writes it as Ares wants it.',
    more: `The file, .csv or .csv.gz, needs a header with at least ${CANDLE_HEADER}, in any order.`,
    examples: ['data import mine.csv', 'data import perpetual.csv.gz --volume quote --out perpetual-base.csv.gz'],
    options: (command) =>
      command
        .argument('<file>', 'candles, .csv or .csv.gz')
        .option('--out <file>', 'write the checked candles here, .csv or .csv.gz (default: only check)')
        .addOption(
          new Option('--volume <currency>', 'what the file counts volume in')
            .choices(['base', 'quote'])
            .default('base'),
        ),
    run: (session, options, [file = '']) => {
      requireOneMachine(session, 'candle files', 'leave --stage out');
      return importFile(file, options);
    },
  });
}

async function fetchInto(session: Session, options: FetchOptions): Promise<Report> {
  requireOneMachine(session, 'candle files', 'leave --stage out');
  const { exchange, symbol, timeframe, from, out } = options;
  const to = options.to ?? epochMillis(Date.now());
  if (to <= from)
    throw new AresError('USAGE', `--to must be later than --from (${momentText(from)}), was ${momentText(to)}`);
  // ccxt takes half a second to load, which no other command should wait for.
  const { publicCandles } = await import('#port/public-candles');
  const progress = await startProgress(session, symbol);
  const request = { exchange, symbol, timeframe, from, to, out, onProgress: progress.update };
  const result = await fetchCandles(request, publicCandles()).finally(progress.stop);
  // Fewer than two candles do not tell how long one is.
  const total = result.held < 2 ? null : seriesFacts(await candleFile.read(out));
  const verb = result.continued ? 'added to' : 'written to';
  const text = `${counted(result.fetched, 'candle')} of ${symbol} from ${exchange} ${verb} ${out}.${total ? `\nIt holds ${seriesText(total)}` : ''}`;
  return { value: { out, exchange, symbol, ...result, file: total }, text };
}

async function importFile(path: string, { out, volume }: ImportOptions): Promise<Report> {
  if (out === undefined && volume === 'quote')
    throw new AresError('USAGE', '--volume quote converts, so --out must say where to');
  if (out !== undefined) refuseExisting(out);
  const series = await candleFile.read(path);
  const total = seriesFacts(series);
  if (out !== undefined) {
    const content = `${CANDLE_HEADER}\n${candleLines(volume === 'quote' ? series.candles.map(inBase) : series.candles)}`;
    await writeNewFile(out, out.endsWith('.gz') ? gzipSync(content) : content);
  }
  const written =
    out === undefined ? '' : `\nWritten to ${out}${volume === 'quote' ? ', volume converted to base currency' : ''}.`;
  return { value: { path, out: out ?? null, volume, ...total }, text: `${path} holds ${seriesText(total)}${written}` };
}

const inBase = (candle: Candle): Candle => ({ ...candle, volume: candle.volume / candle.close });

function csvPath(path: string): string {
  if (path.endsWith('.csv')) return path;
  throw new InvalidArgumentError(`must be a file named like candles.csv, which can be continued, was "${path}"`);
}
