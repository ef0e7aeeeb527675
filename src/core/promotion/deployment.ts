import * as z from 'zod';
import { parseItem } from '../ledger/parse-item.ts';
import { keys } from '../ledger-keys.ts';
import { type RunId, runIdSchema } from '../models/run-id.ts';
import type { SlotId } from '../models/slot.ts';
import type { Expected, LedgerReader, Write } from '../ports/ledger.ts';
import type { ModelHash } from '../ports/model-store.ts';

const deploymentSchema = z.object({
  championRunId: runIdSchema.nullable(),
  championHash: z
    .string()
    .transform((text) => text as ModelHash)
    .nullable(),
  /** The old champion while its successor is on trial. */
  standbyRunId: runIdSchema.nullable(),
  /** Earlier champions a rollback walks back through, newest last; none twice, never the champion, none that was rolled back from. */
  history: z.array(runIdSchema),
  /** The command that made the champion, so that the same command sent again can tell what it did. */
  lastChange: z
    .object({
      token: z.string(),
      change: z.enum(['promoted', 'rolled_back']),
      runId: runIdSchema,
      previousRunId: runIdSchema.nullable(),
    })
    .nullable(),
});

/**
 * Which model a slot trades with.
 *
 * Every commit that changes a model of the slot writes this one item. So they happen one after the other, two promoters cannot both win, and its version
 * numbers the slot's model events.
 */
export interface Deployment extends z.infer<typeof deploymentSchema> {
  readonly slot: SlotId;
  /** Version of the item; 0 before the slot's first model. */
  readonly version: number;
}

/** How far a rollback can walk back; the item must not grow for ever. */
export const MAX_HISTORY = 100;

/** @throws AresError `LEDGER_ITEM_INVALID` */
export async function readDeployment(ledger: LedgerReader, slot: SlotId): Promise<Deployment> {
  const item = await ledger.get(keys.deployment(slot));
  if (!item) {
    return {
      slot,
      version: 0,
      championRunId: null,
      championHash: null,
      standbyRunId: null,
      history: [],
      lastChange: null,
    };
  }
  return { ...parseItem(item, deploymentSchema, 'deployment'), slot, version: item.version };
}

/**
 * Whether nothing was changed in the slot since this was read: what else was read of its models in between then stands together with it.
 *
 * Without asking, a champion read after somebody replaced it looks like an illegal transition, and it is only an old reading.
 */
export async function isCurrent(ledger: LedgerReader, { slot, version }: Deployment): Promise<boolean> {
  return (await readDeployment(ledger, slot)).version === version;
}

const expectedOf = ({ version }: Deployment): Expected => (version === 0 ? 'absent' : version);

/** Demands that nothing has come between, and changes nothing. */
export function checkDeployment(deployment: Deployment): Write {
  return { kind: 'check', key: keys.deployment(deployment.slot), expected: expectedOf(deployment) };
}

/** The write that stores what follows `deployment`, only if nothing came between. */
export function putDeployment(deployment: Deployment): Write {
  const { slot, version: _, ...value } = deployment;
  return { kind: 'put', key: keys.deployment(slot), expected: expectedOf(deployment), value };
}

/** The history once `left` is no longer champion: it can be walked back to unless it was rolled back from. */
export function pushHistory(history: readonly RunId[], left: RunId, next: RunId): RunId[] {
  return [...history.filter((runId) => runId !== left && runId !== next), left].slice(-MAX_HISTORY);
}

/** The history once the slot was taken back to `target`: without it and without what was champion after it. */
export function rewindHistory(history: readonly RunId[], target: RunId): RunId[] {
  const position = history.indexOf(target);
  return position === -1 ? [...history] : history.slice(0, position);
}
