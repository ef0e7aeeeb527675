import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PaperExchange, startPaperExchange } from '../../../apps/paper-exchange/start-paper-exchange.ts';
import { readCandleFile } from '../../../src/adapters/local/candle-file.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { plantedMarket } from '../../unit/training/planted-market.ts';
import { HEADER, writeCandles } from './support/candle-files.ts';
import { runAres } from './support/run-ares.ts';

const BUNDLED = fileURLToPath(
  new URL('../../../apps/paper-exchange/market/BTC-USDT-1m-202201.csv.gz', import.meta.url),
);

describe('ares data import', () => {
  test('says what a file holds, gaps included', async () => {
    const directory = temporaryDirectory();
    const candles = plantedMarket(1, 100).filter((_, bar) => bar < 40 || bar >= 50);
    const path = writeCandles(join(directory, 'mine.csv'), candles);
    const run = await runAres(directory, ['data', 'import', path, '--json']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const [from, to] = [candles[39]!.openTime + 60_000, candles[40]!.openTime];
    expect(run.json()).toEqual({
      path,
      out: null,
      volume: 'base',
      candles: 90,
      timeframe: '1m',
      from: candles[0]!.openTime,
      to: candles[89]!.openTime,
      gaps: [{ from, to, missing: 10 }],
      missing: 10,
    });
    const { stdout } = await runAres(directory, ['data', 'import', path]);
    expect(stdout).toContain(
      '90 candles of 1m, from 2022-01-01T00:00:00Z to 2022-01-01T01:39:00Z, with 1 gap of 10 candles in all:',
    );
    expect(stdout).toContain('  10 candles missing from 2022-01-01T00:40:00Z to 2022-01-01T00:50:00Z');
  });

  test('writes the candles as Ares wants them, volume converted from quote to base currency', async () => {
    const directory = temporaryDirectory();
    const candles = plantedMarket(1, 10);
    const source = writeCandles(join(directory, 'quote.csv'), candles);
    const out = join(directory, 'base.csv.gz');
    expect((await runAres(directory, ['data', 'import', source, '--volume', 'quote', '--out', out])).code).toBe(0);
    expect(gunzipSync(readFileSync(out)).toString('utf8').split('\n')[0]).toBe(HEADER);
    const written = await readCandleFile(out);
    expect(written.candles).toEqual(candles.map((candle) => ({ ...candle, volume: candle.volume / candle.close })));
  });

  test('overwrites nothing, and converts nothing that is not written', async () => {
    const directory = temporaryDirectory();
    const source = writeCandles(join(directory, 'mine.csv'), plantedMarket(1, 10));
    const run = await runAres(directory, ['data', 'import', source, '--out', source, '--json']);
    expect(run.code).toBe(1);
    expect(run.error().code).toBe('FILE_EXISTS');
    expect((await runAres(directory, ['data', 'import', source, '--volume', 'quote'])).code).toBe(2);
  });

  test('refuses a malformed file naming line, column, what must be and what was', async () => {
    const directory = temporaryDirectory();
    const path = writeCandles(join(directory, 'mine.csv'), plantedMarket(1, 10));
    writeFileSync(path, readFileSync(path, 'utf8').replace(/,[^,]*(\n[^\n]*\n)$/, ',-3$1'));
    const run = await runAres(directory, ['data', 'import', path]);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toBe(`ares: CANDLES_INVALID: ${path}: line 10, column volume: must be at least 0, was "-3"\n`);
    expect((await runAres(directory, ['data', 'import', join(directory, 'none.csv'), '--json'])).error().code).toBe(
      'FILE_UNREADABLE',
    );
  });
});

describe('ares data fetch', () => {
  let exchange: PaperExchange;
  beforeAll(async () => {
    exchange = await startPaperExchange({
      port: 0,
      data: BUNDLED,
      symbol: 'BTC/USDT',
      liveFrom: Date.UTC(2022, 0, 3),
      speed: 60,
      lockstep: false,
      quoteBalance: '10000',
      ackTimeout: 10_000,
      weightLimit: 100_000,
      apiKey: 'key',
      secret: 'secret',
    });
  });
  afterAll(() => exchange.close());

  const fetchTo = (out: string, to: string, ...more: string[]) =>
    runAres(
      '/nowhere',
      [
        'data',
        'fetch',
        '--exchange',
        'binance',
        '--symbol',
        'BTC/USDT',
        '--timeframe',
        '1m',
        '--from',
        '2022-01-01',
        '--to',
        to,
        '--out',
        out,
        ...more,
      ],
      { ARES_EXCHANGE_URL: exchange.url },
    );

  test('fetches closed candles, goes on after the last one, and ends with the very candles of the exchange', async () => {
    const out = join(temporaryDirectory(), 'btc.csv');
    const first = await fetchTo(out, '2022-01-02', '--json');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.json()).toMatchObject({
      continued: false,
      fetched: 1_440,
      file: { candles: 1_440, timeframe: '1m', gaps: [] },
    });
    // A crash in the middle of a line leaves such a file.
    appendFileSync(out, '1641081600000,477');
    const second = await fetchTo(out, '2022-01-02T12:00:00Z');
    expect(second.stdout).toMatch(
      /^720 candles of BTC\/USDT from binance added to .*\nIt holds 2160 candles of 1m, .* without a gap\.\n$/,
    );
    const again = await fetchTo(out, '2022-01-02T12:00:00Z', '--json');
    expect(again.json()).toMatchObject({ continued: true, fetched: 0, held: 2_160 });
    const bundled = (await readCandleFile(BUNDLED)).candles.filter(
      ({ openTime }) => openTime >= Date.UTC(2022, 0, 1) && openTime < Date.UTC(2022, 0, 2, 12),
    );
    expect((await readCandleFile(out)).candles).toEqual(bundled);
  });

  test('fetches no candle that has not closed in the market', async () => {
    const out = join(temporaryDirectory(), 'btc.csv');
    const run = await runAres(
      '/nowhere',
      [
        'data',
        'fetch',
        '--exchange',
        'binance',
        '--symbol',
        'BTC/USDT',
        '--timeframe',
        '1h',
        '--from',
        '2022-01-02T20:00Z',
        '--out',
        out,
        '--json',
      ],
      { ARES_EXCHANGE_URL: exchange.url },
    );
    expect(run.json()).toMatchObject({ fetched: 4, file: { to: Date.UTC(2022, 0, 2, 23) } });
  });

  test('goes on with no file of another timeframe, of another market, or of something else', async () => {
    const directory = temporaryDirectory();
    const hours = writeCandles(
      join(directory, 'hours.csv'),
      plantedMarket(1, 3).map((candle, bar) => ({
        ...candle,
        openTime: (Date.UTC(2022, 0, 1) + bar * 3_600_000) as never,
      })),
    );
    const other = writeCandles(join(directory, 'other.csv'), plantedMarket(1, 3));
    const letter = join(directory, 'letter.csv');
    writeFileSync(letter, 'Dear Ada,');
    for (const path of [hours, other, letter]) {
      const content = readFileSync(path, 'utf8');
      const run = await fetchTo(path, '2022-01-02', '--json');
      expect(run.code).toBe(1);
      expect(run.error().code).toBe('FILE_MISMATCH');
      expect(readFileSync(path, 'utf8')).toBe(content);
    }
  });

  test('leaves no file behind when the exchange does not know what was asked for', async () => {
    const out = join(temporaryDirectory(), 'btc.csv');
    const run = await runAres('/nowhere', [
      'data',
      'fetch',
      '--exchange',
      'binanse',
      '--symbol',
      'BTC/USDT',
      '--timeframe',
      '1m',
      '--from',
      '2022-01-01',
      '--out',
      out,
      '--json',
    ]);
    expect(run.code).toBe(1);
    expect(run.error()).toMatchObject({ code: 'EXCHANGE_UNKNOWN', message: expect.stringContaining('binance') });
    expect(existsSync(out)).toBe(false);
  });

  test('ends with 2 on times the wrong way round and on a file that cannot be continued', async () => {
    const out = join(temporaryDirectory(), 'btc.csv');
    expect((await fetchTo(out, '2021-12-31')).code).toBe(2);
    expect((await fetchTo(`${out}.gz`, '2022-01-02')).code).toBe(2);
  });
});
