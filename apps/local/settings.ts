import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { AresError } from '../../src/core/ares-error.ts';

/** How one machine is to run. */
export interface LocalSettings {
  /** Bars' length divided by the wall time they take. */
  readonly speed: number;
  /** Candle file; the bundled one when absent. */
  readonly data: string | undefined;
  readonly symbol: string;
  readonly dataDir: string;
  readonly port: number;
  readonly seed: number;
  /** Another server in place of the built-in paper exchange. */
  readonly external: { readonly url: string; readonly ws: string | undefined; readonly keys: string } | undefined;
}

/** Reads a number, naming what it must be and what it was. */
export const bounded =
  (name: string, min: number, max: number, whole: boolean) =>
  (text: string): number => {
    const value = Number(text);
    if (
      text.trim() === '' ||
      !Number.isFinite(value) ||
      value < min ||
      value > max ||
      (whole && !Number.isInteger(value))
    ) {
      throw new InvalidArgumentError(
        `${name} must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}, was "${text}"`,
      );
    }
    return value;
  };

const speedOption = () =>
  new Option('--speed <times>', 'market minutes a minute').argParser(bounded('speed', 0.1, 100_000, false)).default(60);
export const dataOption = () =>
  new Option('--data <file>', 'candles to replay, .csv or .csv.gz: ts_ms,open,high,low,close,volume').argParser(
    existing,
  );
export const symbolOption = () =>
  new Option(
    '--symbol <symbol>',
    'what the candles are of, BASE/QUOTE (default: from the file name, else BTC/USDT)',
  ).argParser(symbolText);
export const seedOption = () =>
  new Option('--seed <number>', 'of everything random').argParser(bounded('seed', 0, 2 ** 31, true)).default(1);

function existing(path: string): string {
  if (!existsSync(path)) throw new InvalidArgumentError(`data must be a file, "${path}" does not exist`);
  return path;
}

function symbolText(text: string): string {
  if (!/^[A-Z0-9]{1,20}\/[A-Z0-9]{1,20}$/.test(text))
    throw new InvalidArgumentError(`symbol must be like BTC/USDT, was "${text}"`);
  return text;
}

/** `ETH_USDT-1m-2021.csv.gz` says that it is of ETH/USDT. */
export function symbolOfFile(path: string | undefined): string {
  const named = path && /^([A-Z0-9]{2,10})[-_](USDT|USDC|USD|EUR|BTC)\b/.exec(basename(path).replaceAll('_', '-'));
  return named ? `${named[1]}/${named[2]}` : 'BTC/USDT';
}

/** @throws AresError `USAGE` when flags contradict each other; ends the process with 2 and a message when one is unknown or malformed */
export function parseLocalSettings(argv: readonly string[]): LocalSettings {
  const command = new Command('npm start --')
    .description('Runs Ares whole on this machine: paper exchange, functions, trader and page.')
    .addOption(speedOption())
    .addOption(dataOption())
    .addOption(symbolOption())
    .addOption(seedOption())
    .option('--data-dir <dir>', 'where everything is kept', process.env.ARES_DATA_DIR ?? '.ares')
    .addOption(new Option('--port <number>', 'of the page').argParser(bounded('port', 0, 65_535, true)).default(4100))
    .addOption(new Option('--exchange <name>', 'the API another server speaks').choices(['binance']))
    .option('--exchange-url <url>', 'its REST address, http://HOST:PORT')
    .option('--exchange-ws <url>', 'its WebSocket address, when it is another')
    .option('--keys <file>', 'JSON with apiKey and secret, readable by its owner only')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse([...argv], { from: 'user' });
  const flags = command.opts<{
    speed: number;
    data?: string;
    symbol?: string;
    seed: number;
    dataDir: string;
    port: number;
    exchange?: string;
    exchangeUrl?: string;
    exchangeWs?: string;
    keys?: string;
  }>();
  const wantsExternal = flags.exchange ?? flags.exchangeUrl ?? flags.exchangeWs ?? flags.keys;
  if (wantsExternal !== undefined && (!flags.exchange || !flags.exchangeUrl || !flags.keys)) {
    throw new AresError(
      'USAGE',
      'another exchange must be named by --exchange, --exchange-url and --keys together, one of them was missing',
    );
  }
  return {
    speed: flags.speed,
    data: flags.data,
    symbol: flags.symbol ?? symbolOfFile(flags.data),
    dataDir: flags.dataDir,
    port: flags.port,
    seed: flags.seed,
    external:
      flags.exchangeUrl && flags.keys ? { url: flags.exchangeUrl, ws: flags.exchangeWs, keys: flags.keys } : undefined,
  };
}
