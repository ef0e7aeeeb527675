import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openDatabase } from '../../../../src/adapters/local/database.ts';
import { createFileModelStore } from '../../../../src/adapters/local/file-model-store.ts';
import { createSqliteEventBus } from '../../../../src/adapters/local/sqlite-event-bus.ts';
import { openEventBusConnection } from '../../../../src/adapters/local/sqlite-event-bus-connection.ts';
import { createSqliteLedger } from '../../../../src/adapters/local/sqlite-ledger.ts';
import { systemClocks } from '../../../../src/adapters/local/system-clocks.ts';
import { systemRandom } from '../../../../src/adapters/local/system-random.ts';
import { subscriptions } from '../../../../src/compose/subscriptions.ts';
import type { Command } from '../../../../src/core/events/command.ts';
import { keys } from '../../../../src/core/ledger-keys.ts';
import { registerCandidate } from '../../../../src/core/models/register-candidate.ts';
import type { SlotId } from '../../../../src/core/models/slot.ts';
import { ensureSlot } from '../../../../src/core/models/slot-registry.ts';
import { epochMillis } from '../../../../src/core/ports/clock.ts';
import type { JsonObject } from '../../../../src/core/ports/ledger.ts';
import { promote } from '../../../../src/core/promotion/promote.ts';
import { sampleBytes, sampleLoader } from '../../../support/model-bytes.ts';
import { type AresRun, runAres } from './run-ares.ts';

export const SLOT = 'paper:trend:BTC/USDT:1m' as SlotId;
/** The market's time of the desk's first command; the others follow second by second. */
export const MARKET_TIME = Date.UTC(2022, 0, 15, 12);

/** A data directory, the real adapters on it, and the command line on it: what one writes the other reads. Gone when the test ends. */
export function openDesk() {
  const dataDir = mkdtempSync(join(tmpdir(), 'ares-cli-'));
  const db = openDatabase(dataDir);
  const ledger = createSqliteLedger(db);
  const modelStore = createFileModelStore(join(dataDir, 'models'));
  const ports = { ledger, modelStore, predictorLoader: sampleLoader };
  onTestFinished(() => {
    db.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  let commands = 0;
  const command = (): Command => {
    commands += 1;
    return {
      id: `desk-${commands}`,
      user: 'desk',
      now: epochMillis(MARKET_TIME + 1_000 * commands),
      sessionId: 'desk',
    };
  };
  const trader = (fields: JsonObject = {}) => ({
    at: Date.now(),
    instance: 'trader-1',
    state: 'ACTIVE',
    marketTime: MARKET_TIME + 60_000,
    position: '0.5',
    runId: null,
    modelHash: null,
    swapInProgress: false,
    orderInFlight: null,
    candles: 10,
    trades: 0,
    bookTops: 0,
    missingCandles: 0,
    decisions: 10,
    swaps: 0,
    errors: 0,
    lastDecisionUs: 250,
    ...fields,
  });

  return {
    dataDir,
    ledger,
    modelStore,
    command,
    ares: (...args: string[]): Promise<AresRun> => runAres(dataDir, args),
    register: (runId: string, accuracy = 0.5, slot = SLOT) =>
      registerCandidate(
        {
          ...command(),
          slot,
          runId,
          model: { bytes: sampleBytes(runId) },
          metrics: { accuracy },
          evaluation: { from: 2_000, to: 3_000, rows: 500 },
        },
        ports,
      ),
    addSlot: (slot: SlotId) => ensureSlot(ledger, slot, epochMillis(MARKET_TIME)),
    promote: (runId: string) => promote({ ...command(), slot: SLOT, runId }, ports),
    /** As the trader's heart writes it once a second. */
    beat: (fields: JsonObject = {}, slot = SLOT) =>
      ledger.append([{ key: keys.heartbeat(slot), value: trader(fields) }]),
    deliveries: () =>
      createSqliteEventBus(openEventBusConnection(db), subscriptions, {
        clock: systemClocks.wall,
        random: systemRandom(1),
      }),
  };
}

export type Desk = ReturnType<typeof openDesk>;
