import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onnxPredictorLoader } from '../../src/adapters/inference/onnx-predictor-loader.ts';
import { openDatabase } from '../../src/adapters/local/database.ts';
import { createFileModelStore } from '../../src/adapters/local/file-model-store.ts';
import { createSqliteEventLog } from '../../src/adapters/local/sqlite-event-log.ts';
import { createSqliteLedger } from '../../src/adapters/local/sqlite-ledger.ts';
import { createSqliteOutbox } from '../../src/adapters/local/sqlite-outbox.ts';
import { updateConfig } from '../../src/core/config/update-config.ts';
import { keys } from '../../src/core/ledger-keys.ts';
import { registerCandidate } from '../../src/core/models/register-candidate.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import { ensureSlot } from '../../src/core/models/slot-registry.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import { checkPromotion } from '../../src/core/promotion/check-promotion.ts';
import { differencesFromExchange, unsettledOrders } from './compare-books.ts';
import { eventually } from './eventually.ts';
import type { ExchangeControl, ExchangeProcess } from './exchange-process.ts';
import { restlessModel } from './restless-model.ts';
import { spawnProgram } from './spawned-process.ts';

/** Short waits, in the proportions of the real ones. */
export const SHORT_LEASE = { ARES_LEASE_TTL_MS: '1500', ARES_RECV_WINDOW_MS: '1000' };
/** What the runner trades on an exchange of somebody else's, and on its own. */
const OTHER_EXCHANGE = 'binance:trend:BTC/USDT:1m' as SlotId;
export const OWN_EXCHANGE = 'paper:trend:BTC/USDT:1m' as SlotId;

/** A data directory where a model is in production that trades at about every second bar. */
export async function openTradedSlot(dataDir: string, slot: SlotId, settings: object = {}) {
  mkdirSync(dataDir, { recursive: true });
  const db = openDatabase(dataDir);
  const ledger = createSqliteLedger(db);
  const books = { slot, ledger, eventLog: createSqliteEventLog(db) };
  const modelStore = createFileModelStore(join(dataDir, 'models'));
  const ports = { ledger, modelStore, predictorLoader: onnxPredictorLoader() };
  let commands = 0;
  const command = (what: string) => {
    const id = `${what}-${++commands}-${performance.now()}`;
    return { id, user: 'test', now: epochMillis(Date.now()), sessionId: 'test', correlationId: id };
  };
  const heartbeat = async () => (await ledger.get(keys.heartbeat(slot)))?.value;

  /** Better than every model before it, so that the promotion check promotes it. */
  const addModel = (variant: number, bytes = restlessModel(variant)) =>
    registerCandidate(
      {
        ...command('model'),
        slot,
        runId: `restless-${String(variant).padStart(2, '0')}`,
        model: { bytes },
        metrics: { accuracy: 0.8 + variant / 1_000 },
        evaluation: { from: 2_000, to: 3_000, rows: 1_000 },
      },
      ports,
    );
  const promote = () => checkPromotion({ ...command('promote'), trigger: { kind: 'schedule' } }, ports);

  await ensureSlot(ledger, slot, epochMillis(Date.now()));
  // It loses its fees at every second bar, and its bars are a tenth of a second long: limits that end such trading would end the test.
  const patch = {
    strategy: { budgetFraction: '0.1' },
    risk: {
      dailyLossFraction: 1,
      maxDrawdownFraction: 1,
      maxConsecutiveLosses: 0,
      maxOrdersPerSecond: 1_000,
      maxOrdersPerMinute: 1_000,
    },
    ...settings,
  };
  await updateConfig({ ...command('limits'), patch, reason: 'a test that trades on' }, { ledger });
  await addModel(0);
  await promote();

  return {
    ...books,
    db,
    dataDir,
    modelStore,
    outbox: createSqliteOutbox(db),
    addModel,
    promote,
    heartbeat,
    /** Another trader than `before` has decided on bars of its own; resolves with its name. */
    tradesAgain: (before?: unknown, withinMs = 45_000): Promise<string> =>
      eventually(
        'a trader that decides',
        async () => {
          const beat = await heartbeat();
          if (!beat || beat.instance === before || Number(beat.decisions) < 2) return undefined;
          if (beat.state === 'ACTIVE') return String(beat.instance);
          throw new Error(`the slot must be ACTIVE, was ${beat.state}: ${traderLog(dataDir)}`);
        },
        { withinMs },
      ),
    /** Stops the market, waits until every order is settled or will not be, and compares with the exchange's own books. */
    async differences(exchange: ExchangeControl, withinMs = 20_000): Promise<string[]> {
      await exchange.pause();
      let seen = -1;
      const quiet = async (): Promise<boolean> => {
        const theirs = await exchange.books();
        const still = theirs.orders.length === seen && (await unsettledOrders(books, theirs)).length === 0;
        seen = theirs.orders.length;
        return still;
      };
      // Not settled in time is a finding, and the comparison names the orders.
      await eventually('settled books', quiet, { withinMs, everyMs: 250 }).catch(() => undefined);
      return differencesFromExchange(books, await exchange.books());
    },
  };
}

/** The same on an exchange in a process of its own, with the environment of its traders. */
export async function openSlotOn(
  exchange: ExchangeProcess,
  dataDir: string,
  exchangeUrl = exchange.url,
  settings: object = {},
) {
  const traded = await openTradedSlot(dataDir, OTHER_EXCHANGE, settings);
  const env = {
    ...SHORT_LEASE,
    ARES_DATA_DIR: dataDir,
    ARES_SLOT: traded.slot,
    ARES_EXCHANGE_URL: exchangeUrl,
    ARES_KEYS_FILE: exchange.keysFile,
    ARES_CONTROL_URL: exchange.url,
  };
  return {
    ...traded,
    env,
    differences: () => traded.differences(exchange),
    orderCount: async () => (await exchange.books()).orders.length,
    startTrader: (options: { readonly env?: Readonly<Record<string, string>>; readonly keep?: boolean } = {}) =>
      spawnProgram('apps/trader/main.ts', { ...options, env: { ...env, ARES_LOG_LEVEL: 'info', ...options.env } }),
  };
}

export type SlotOnExchange = Awaited<ReturnType<typeof openSlotOn>>;

/** The end of the trader's log under a runner, for whoever has to find out. */
export function traderLog(dataDir: string): string {
  try {
    return readFileSync(join(dataDir, 'logs', 'trader.log'), 'utf8').slice(-4_000);
  } catch {
    return 'no log';
  }
}
