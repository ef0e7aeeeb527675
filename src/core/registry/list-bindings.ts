import { readAll } from '../dashboard/read-all.ts';
import { keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import { listSlots } from '../models/slot-registry.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { readDeployment } from '../promotion/deployment.ts';
import { findVersionOfCandidate } from './champion-version.ts';
import { parseRegisteredModel, type RegisteredModel } from './registered-model.ts';

export interface SlotBindings {
  readonly slot: SlotId;
  /** The run it trades with, and which version of a registered model that is. */
  readonly championRunId: string | null;
  readonly champion: { readonly model: string; readonly version: number } | null;
  /** Registered models whose new versions become its candidates, by name. */
  readonly models: readonly string[];
}

/** Every slot that is known or that a registered model is bound to, by name. */
export async function listBindings(ledger: LedgerReader): Promise<readonly SlotBindings[]> {
  const models: RegisteredModel[] = [];
  const { table, pk } = keys.registeredModel('');
  for await (const item of readAll(ledger, { table, pk })) models.push(parseRegisteredModel(item).model);
  const bound = models.flatMap(({ slot }) => (slot === null ? [] : [slot]));
  const slots = [...new Set([...(await listSlots(ledger)), ...bound])].toSorted();
  return Promise.all(slots.map((slot) => bindingsOf(ledger, slot, models)));
}

async function bindingsOf(
  ledger: LedgerReader,
  slot: SlotId,
  models: readonly RegisteredModel[],
): Promise<SlotBindings> {
  const { championRunId } = await readDeployment(ledger, slot);
  const pointer = championRunId === null ? undefined : await findVersionOfCandidate(ledger, slot, championRunId);
  const named = models.find(({ id }) => id === pointer?.modelId);
  return {
    slot,
    championRunId,
    champion: pointer && named ? { model: named.name, version: pointer.version } : null,
    models: models.filter((model) => model.slot === slot).map(({ name }) => name),
  };
}
