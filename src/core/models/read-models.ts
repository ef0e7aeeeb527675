import { AresError } from '../ares-error.ts';
import { indexes, keys } from '../ledger-keys.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import type { ModelState } from './lifecycle.ts';
import { type ModelRecord, parseModel, type StoredModel } from './model-record.ts';
import type { SlotId } from './slot.ts';

/** @throws AresError `LEDGER_ITEM_INVALID` */
export async function findModel(ledger: LedgerReader, slot: SlotId, runId: string): Promise<StoredModel | undefined> {
  const item = await ledger.get(keys.model(slot, runId));
  return item && parseModel(item);
}

/** @throws AresError `MODEL_UNKNOWN`, `LEDGER_ITEM_INVALID` */
export async function readModel(ledger: LedgerReader, slot: SlotId, runId: string): Promise<StoredModel> {
  const found = await findModel(ledger, slot, runId);
  if (found) return found;
  throw new AresError('MODEL_UNKNOWN', `run must be registered in slot ${slot}, was "${runId}"`, { slot, runId });
}

export interface ModelPage {
  readonly models: readonly ModelRecord[];
  readonly next: string | undefined;
}

/**
 * Models of one slot: all of them by run id, or those in one state: candidates best accuracy first, the others in the order they came into it.
 *
 * A list by state may be behind the latest commits: what decides is the record read by its key.
 */
export async function listModels(
  ledger: LedgerReader,
  request: {
    readonly slot: SlotId;
    readonly state?: ModelState;
    readonly order?: 'ascending' | 'descending';
    readonly limit: number;
    readonly after?: string;
  },
): Promise<ModelPage> {
  const { slot, state, order = 'ascending', limit, after } = request;
  const path = state
    ? { by: 'index' as const, pk: indexes.modelsInState(slot, state).pk }
    : { by: 'key' as const, pk: keys.model(slot, '').pk };
  const page = await ledger.query({ table: 'registry', ...path, order, limit, after });
  const models = page.items.map((item) => parseModel(item).record);
  return { models, next: page.next };
}
