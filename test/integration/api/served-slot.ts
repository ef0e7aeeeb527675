import { request } from 'node:http';
import { onTestFinished } from 'vitest';
import { type ServedApi, serveApi } from '../../../apps/api/serve-api.ts';
import { openDatabase } from '../../../src/adapters/local/database.ts';
import { createSqliteEventLog } from '../../../src/adapters/local/sqlite-event-log.ts';
import { createSqliteLedger } from '../../../src/adapters/local/sqlite-ledger.ts';
import { systemClocks } from '../../../src/adapters/local/system-clocks.ts';
import type { Candle } from '../../../src/core/market-data/candle.ts';
import { createListedMarket, waveBars } from '../../support/listed-market.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { openSeededSlot, SEEDED_SLOT } from '../../support/seeded-slot.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A slot in a real database that was traded for some bars, and the API over it on a free port; both end with the test. Call it inside a test. */
export async function serveSeededSlot({
  bars = 60,
  pageDirectory,
  candles: all = waveBars(bars + 100),
}: {
  readonly bars?: number;
  readonly pageDirectory?: string;
  readonly candles?: readonly Candle[];
} = {}) {
  const database = openDatabase(temporaryDirectory());
  const ledger = createSqliteLedger(database);
  const slot = await openSeededSlot(ledger, systemClocks.wall);
  const listed: Candle[] = [];
  const marketData = createListedMarket(listed);
  const log = recordingLog();
  /** The market and the trader go one bar on. */
  const step = async (): Promise<void> => {
    const i = listed.length;
    const candle = all[i] as Candle;
    if (i === 10) await slot.candidate('run-1', 0.52);
    if (i === 40) await slot.candidate('run-2', 0.54);
    await slot.bar(
      candle,
      i % 20 === 15
        ? { order: 'buy', probability: 0.56 }
        : i % 20 === 5 && i > 5
          ? { order: 'sell', probability: 0.44 }
          : {},
    );
    listed.push(candle);
    await slot.beat();
  };
  while (listed.length < bars) await step();
  const ports = {
    ledger,
    eventLog: createSqliteEventLog(database),
    marketData,
    wallClock: systemClocks.wall,
    monotonic: systemClocks.monotonic,
    timers: systemClocks.timers,
    log,
  };
  const venue = { paper: true, label: 'Paper exchange, replayed market' };
  const serve = (port: number) =>
    serveApi({ port, slot: SEEDED_SLOT, venue, ...(pageDirectory === undefined ? {} : { pageDirectory }) }, ports);
  let api: ServedApi | undefined = await serve(0);
  const { port } = api;
  const close = async (): Promise<void> => {
    const open = api;
    api = undefined;
    await open?.close();
  };
  /** Serves again on the same port. */
  const reopen = async (): Promise<void> => {
    api = await serve(port);
  };
  onTestFinished(async () => {
    await close();
    if (database.isOpen) database.close();
  });

  /** One request with headers as given, also those that fetch would not send. */
  const ask = (
    path: string,
    {
      method = 'GET',
      headers = {},
    }: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const call = request(
        {
          host: '127.0.0.1',
          port: port,
          path,
          method,
          headers: { host: `localhost:${port}`, ...headers },
          agent: false,
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(parts).toString(),
            }),
          );
        },
      );
      call.on('error', reject);
      call.end();
    });
  const get = async (path: string) => JSON.parse((await ask(path)).text);
  return {
    slot,
    ledger,
    database,
    marketData,
    log,
    step,
    ask,
    get,
    close,
    reopen,
    port,
    url: `http://localhost:${port}`,
  };
}

export type ServedSlot = Awaited<ReturnType<typeof serveSeededSlot>>;
