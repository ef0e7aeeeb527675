import { request } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { serveApi } from '../../../apps/api/serve-api.ts';
import type { ServedApi } from '../../../apps/api/serve-app.ts';
import { onnxPredictorLoader } from '../../../src/adapters/inference/onnx-predictor-loader.ts';
import { openDatabase } from '../../../src/adapters/local/database.ts';
import { createFileArtifactStore } from '../../../src/adapters/local/file-artifact-store.ts';
import { createFileModelStore } from '../../../src/adapters/local/file-model-store.ts';
import { createSqliteEventLog } from '../../../src/adapters/local/sqlite-event-log.ts';
import { createSqliteLedger } from '../../../src/adapters/local/sqlite-ledger.ts';
import { systemClocks } from '../../../src/adapters/local/system-clocks.ts';
import { systemRandom } from '../../../src/adapters/local/system-random.ts';
import { createToken, type TokenWish } from '../../../src/core/access/create-token.ts';
import type { RateLimit } from '../../../src/core/access/token-bucket.ts';
import type { Candle } from '../../../src/core/market-data/candle.ts';
import type { Monotonic } from '../../../src/core/ports/clock.ts';
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
  rate = { burst: 10_000, perSecond: 10_000 },
  monotonic = systemClocks.monotonic,
}: {
  readonly bars?: number;
  readonly pageDirectory?: string;
  readonly candles?: readonly Candle[];
  readonly rate?: RateLimit;
  readonly monotonic?: Monotonic;
} = {}) {
  const dataDir = temporaryDirectory();
  const database = openDatabase(dataDir);
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
    monotonic,
    timers: systemClocks.timers,
    log,
    artifactStore: createFileArtifactStore(join(dataDir, 'artifacts')),
    modelStore: createFileModelStore(join(dataDir, 'models')),
    predictorLoader: onnxPredictorLoader(),
    random: systemRandom(),
  };
  const venue = { paper: true, label: 'Paper exchange, replayed market' };
  const serve = (port: number) =>
    serveApi(
      { port, rate, slot: SEEDED_SLOT, venue, ...(pageDirectory === undefined ? {} : { pageDirectory }) },
      ports,
    );
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
      body,
    }: {
      readonly method?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Buffer;
    } = {},
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
      call.end(body);
    });
  /** A token and how it is sent. */
  const token = async (wish: Partial<TokenWish> & Pick<TokenWish, 'role'>) => {
    const command = { id: ports.random.id(), user: 'test', now: systemClocks.wall.now(), sessionId: 'test' };
    const full = { name: `${wish.role}-${command.id.slice(0, 8)}`, slots: null, expiresAt: null, ...wish };
    const made = await createToken(command, full, ports);
    if (made.outcome !== 'created') throw new Error(`the token ${full.name} must be new, was not`);
    return { name: full.name, secret: made.secret, headers: { authorization: `Bearer ${made.secret}` } };
  };
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
    token,
    close,
    reopen,
    port,
    url: `http://localhost:${port}`,
  };
}

export type ServedSlot = Awaited<ReturnType<typeof serveSeededSlot>>;
