import { MODEL_STATES, type ModelState } from '../models/lifecycle.ts';
import type { ModelRecord } from '../models/model-record.ts';
import { listModels } from '../models/read-models.ts';
import type { SlotId } from '../models/slot.ts';
import { type Performance, readPerformance } from '../performance/performance-record.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { shortDecimals } from './short-decimals.ts';

/** A model as a table shows it. Metrics are fractions; `null` where one was not measured. */
export interface ModelRow {
  readonly runId: string;
  readonly modelHash: string;
  readonly state: ModelState;
  readonly reason: string;
  readonly stateChangedAt: number;
  readonly registeredAt: number;
  readonly promotedAt: number | null;
  readonly rolledBack: boolean;
  /** Why the promotion check left it waiting. */
  readonly waiting: string | null;
  readonly featureSet: string;
  readonly horizon: number;
  /** Measured before it was registered, on bars it had not seen. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly evaluationRows: number | null;
  /** Measured on its own live predictions; `null` for a model that was never in production. */
  readonly live: Performance | null;
}

/** Of each state at most so many are shown, the newest of those that have ended. */
const PER_STATE = 20;
const ENDED: readonly ModelState[] = ['archived', 'evaluated_inferior'];
const ORDER: readonly ModelState[] = ['production', 'standby', 'candidate', ...ENDED];

function modelRow(record: ModelRecord, live: Performance | null): ModelRow {
  const { runId, modelHash, state, reason, stateChangedAt, registeredAt, promotedAt, signature, metrics } = record;
  return {
    runId,
    modelHash,
    state,
    reason: shortDecimals(reason),
    stateChangedAt,
    registeredAt,
    promotedAt,
    rolledBack: record.rolledBackAt !== null,
    waiting: record.waiting && shortDecimals(record.waiting.reason),
    featureSet: `${signature.featureSet.name}/${signature.featureSet.version}`,
    horizon: signature.horizon,
    metrics,
    evaluationRows: record.evaluation?.rows ?? null,
    live,
  };
}

/**
 * The models of a slot: the one in production, those on trial, candidates best first, then the newest of those that have ended.
 *
 * @throws AresError `LEDGER_ITEM_INVALID`
 */
export async function readModelRows(
  ledger: LedgerReader,
  slot: SlotId,
  states: readonly ModelState[] = MODEL_STATES,
): Promise<readonly ModelRow[]> {
  const wanted = ORDER.filter((state) => states.includes(state));
  const pages = await Promise.all(
    wanted.map((state) => {
      const order = ENDED.includes(state) ? 'descending' : 'ascending';
      return listModels(ledger, { slot, state, order, limit: PER_STATE });
    }),
  );
  const records = pages.flatMap(({ models }) => models);
  return Promise.all(
    records.map(async (record) => {
      const wasLive = record.promotedAt !== null;
      const [live] = wasLive ? await readPerformance(ledger, slot, record.runId, 1) : [];
      return modelRow(record, live ?? null);
    }),
  );
}
