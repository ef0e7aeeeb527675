import { AresError, messageOf } from '../ares-error.ts';
import type { LiveConfig } from '../config/live-config.ts';
import { readConfig } from '../config/read-config.ts';
import { type Command, commandOf } from '../events/command.ts';
import type { Invocation } from '../events/invocation.ts';
import { findModel, listModels } from '../models/read-models.ts';
import type { RunId } from '../models/run-id.ts';
import type { SlotId } from '../models/slot.ts';
import { listSlots } from '../models/slot-registry.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { ModelStore } from '../ports/model-store.ts';
import { type CandidateOutcome, decideCandidate } from './decide-candidate.ts';

export interface SlotPromotion {
  readonly slot: SlotId;
  /** Every candidate there was, in the order they were decided on. */
  readonly candidates: readonly CandidateOutcome[];
}

export interface PromotionOutcome {
  readonly slots: readonly SlotPromotion[];
}

interface PromotionPorts {
  readonly ledger: Ledger;
  readonly modelStore: ModelStore;
}

/**
 * Decides on every candidate: of every slot when scheduled, of the event's slot when one was registered.
 *
 * Safe to deliver more than once and to run beside itself: each decision is one transaction against the champion it was made on.
 *
 * @throws AresError `PROMOTION_INCOMPLETE` when a slot could not be decided, after all others were
 */
export async function checkPromotion(invocation: Invocation, ports: PromotionPorts): Promise<PromotionOutcome> {
  const { config } = await readConfig(ports.ledger);
  const command = commandOf(invocation, 'check-promotion');
  const { slots, registered } = await scopeOf(invocation, ports.ledger);
  const decided: SlotPromotion[] = [];
  const failures: { readonly slot: SlotId; readonly error: unknown }[] = [];
  for (const slot of slots) {
    try {
      decided.push({ slot, candidates: await decideSlot(command, slot, registered, config.promotion, ports) });
    } catch (error) {
      failures.push({ slot, error });
    }
  }
  const [first] = failures;
  if (!first) return { slots: decided };
  throw new AresError(
    'PROMOTION_INCOMPLETE',
    failures.map(({ slot, error }) => `candidates of ${slot} must be decided: ${messageOf(error)}`).join('; '),
    { slots: failures.map(({ slot }) => slot) },
    first.error,
  );
}

interface Scope {
  readonly slots: readonly SlotId[];
  /** The run the event tells of: the list by state may not show it yet. */
  readonly registered: RunId | undefined;
}

async function scopeOf({ trigger }: Invocation, ledger: Ledger): Promise<Scope> {
  const event = trigger.kind === 'event' ? trigger.event : undefined;
  if (!event?.metadata.slot) return { slots: await listSlots(ledger), registered: undefined };
  const registered = 'runId' in event.data ? (event.data.runId as RunId) : undefined;
  return { slots: [event.metadata.slot as SlotId], registered };
}

/** Best accuracy first, so that the best becomes champion and the others are compared with it. */
async function decideSlot(
  command: Command,
  slot: SlotId,
  registered: RunId | undefined,
  policy: LiveConfig['promotion'],
  ports: PromotionPorts,
): Promise<readonly CandidateOutcome[]> {
  const decided: CandidateOutcome[] = [];
  for (const runId of await candidatesOf(slot, registered, ports.ledger)) {
    decided.push(await decideCandidate(command, slot, runId, policy, ports));
  }
  return decided;
}

const PAGE = 100;

async function candidatesOf(slot: SlotId, registered: RunId | undefined, ledger: Ledger): Promise<readonly RunId[]> {
  const runIds: RunId[] = [];
  let after: string | undefined;
  do {
    const page = await listModels(ledger, { slot, state: 'candidate', limit: PAGE, after });
    runIds.push(...page.models.map(({ runId }) => runId));
    after = page.next;
  } while (after !== undefined);
  if (registered === undefined || runIds.includes(registered)) return runIds;
  const found = await findModel(ledger, slot, registered);
  return found?.record.state === 'candidate' ? [...runIds, registered] : runIds;
}
