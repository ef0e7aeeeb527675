import * as z from 'zod';
import { parseItem } from '../ledger/parse-item.ts';
import { keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { readDeployment } from '../promotion/deployment.ts';
import type { RegisteredModel } from './registered-model.ts';
import { type TextPairs, withPair } from './text-pairs.ts';

/** The alias that means: in production. Of a model that is bound to a slot it is the slot's to give. */
export const CHAMPION = 'champion';

const pointerSchema = z.object({
  modelId: z.string(),
  version: z.number().int(),
  /** The command that made it, so that the same command sent again can tell what it did. */
  command: z.string(),
});

export type CandidatePointer = z.infer<typeof pointerSchema>;

/** Which version a slot's model is; `undefined` for one that came another way. @throws AresError `LEDGER_ITEM_INVALID` */
export async function findVersionOfCandidate(
  ledger: LedgerReader,
  slot: SlotId,
  runId: string,
): Promise<CandidatePointer | undefined> {
  const item = await ledger.get(keys.versionOfCandidate(slot, runId));
  return item && parseItem(item, pointerSchema, 'version of a candidate');
}

/** The version of this model that its slot trades with; `undefined` when the slot trades with another model, or none. */
export async function championVersion(ledger: LedgerReader, model: RegisteredModel): Promise<number | undefined> {
  if (model.slot === null) return undefined;
  const { championRunId } = await readDeployment(ledger, model.slot);
  if (championRunId === null) return undefined;
  const pointer = await findVersionOfCandidate(ledger, model.slot, championRunId);
  return pointer?.modelId === model.id ? pointer.version : undefined;
}

/** The aliases of a model with the versions they name, the slot's champion among them. */
export async function liveAliases(ledger: LedgerReader, model: RegisteredModel): Promise<TextPairs<number>> {
  const champion = await championVersion(ledger, model);
  return champion === undefined ? model.aliases : withPair(model.aliases, CHAMPION, champion);
}
