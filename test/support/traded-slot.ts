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
import type { ExchangeProcess } from './exchange-process.ts';
import { restlessModel } from './restless-model.ts';
import { spawnProgram } from './spawned-process.ts';

/** Short waits, in the proportions of the real ones. */
const LEASE = { ARES_LEASE_TTL_MS: '1500', ARES_RECV_WINDOW_MS: '1000' };

/**
 * A slot's data directory, with a model in production that trades at about every second bar.
 *
 * @param exchangeUrl where the trader finds the exchange, when something is in between
 */
export async function openTradedSlot(dataDir: string, exchange: ExchangeProcess, exchangeUrl = exchange.url) {
  const slot = 'binance:trend:BTC/USDT:1m' as SlotId;
  mkdirSync(dataDir, { recursive: true });
  const db = openDatabase(dataDir);
  const ledger = createSqliteLedger(db);
  const eventLog = createSqliteEventLog(db);
  const modelStore = createFileModelStore(join(dataDir, 'models'));
  const ports = { ledger, modelStore, predictorLoader: onnxPredictorLoader() };
  const books = { slot, ledger, eventLog };
  const command = (id: string) => ({
    id,
    user: 'test',
    now: epochMillis(Date.now()),
    sessionId: 'test',
    correlationId: id,
  });
  const env = {
    ...LEASE,
    ARES_DATA_DIR: dataDir,
    ARES_SLOT: slot,
    ARES_EXCHANGE_URL: exchangeUrl,
    ARES_KEYS_FILE: exchange.keysFile,
    ARES_CONTROL_URL: exchange.url,
  };

  /** Better than every model before it, so the promotion check promotes it. */
  const addModel = (variant: number) =>
    registerCandidate(
      {
        ...command(`model-${variant}`),
        slot,
        runId: `restless-${String(variant).padStart(2, '0')}`,
        model: { bytes: restlessModel(variant) },
        metrics: { accuracy: 0.8 + variant / 1_000 },
        evaluation: { from: 2_000, to: 3_000, rows: 1_000 },
      },
      ports,
    );

  await ensureSlot(ledger, slot, epochMillis(Date.now()));
  // It loses its fees at every second bar: limits that end such trading would end the test.
  const patch = { strategy: { budgetFraction: '0.1' }, risk: { dailyLossFraction: 1, maxDrawdownFraction: 1 } };
  await updateConfig({ ...command('limits'), patch }, { ledger });
  await addModel(0);
  await checkPromotion({ ...command('first'), trigger: { kind: 'schedule' } }, ports);

  const heartbeat = async () => (await ledger.get(keys.heartbeat('trader')))?.value;

  return {
    ...books,
    dataDir,
    env,
    ports,
    outbox: createSqliteOutbox(db),
    addModel,
    promote: () => checkPromotion({ ...command(`promote-${performance.now()}`), trigger: { kind: 'schedule' } }, ports),
    heartbeat,
    startTrader: (options: { readonly env?: Readonly<Record<string, string>>; readonly keep?: boolean } = {}) =>
      spawnProgram('apps/trader/main.ts', { ...options, env: { ...env, ARES_LOG_LEVEL: 'info', ...options.env } }),
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
    /** Orders the exchange knows of, cheaper to ask for than its books. */
    async orderCount(): Promise<number> {
      return (await exchange.books()).orders.length;
    },
    /** Stops the market, waits until every order is settled or will not be, and compares. */
    async differences(withinMs = 20_000): Promise<string[]> {
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

export type TradedSlot = Awaited<ReturnType<typeof openTradedSlot>>;

/** The end of the trader's log under a runner, for whoever has to find out. */
export function traderLog(dataDir: string): string {
  try {
    return readFileSync(join(dataDir, 'logs', 'trader.log'), 'utf8').slice(-4_000);
  } catch {
    return 'no log';
  }
}
