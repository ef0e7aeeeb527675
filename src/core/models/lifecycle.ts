import { AresError } from '../ares-error.ts';
import type { EpochMillis } from '../ports/clock.ts';

export const MODEL_STATES = ['candidate', 'production', 'standby', 'archived', 'evaluated_inferior'] as const;

export type ModelState = (typeof MODEL_STATES)[number];

/**
 * Every legal transition and nothing else.
 *
 * `standby` is where a champion waits while its successor is on trial at canary size. A promotion without a trial archives the old champion at once:
 * nothing would ever take it out of `standby` again, and rollback reaches it as well from `archived`.
 */
export const LEGAL_TRANSITIONS = {
  /** Promoted; refused by the gate; withdrawn, or its bytes are gone. */
  candidate: ['production', 'evaluated_inferior', 'archived'],
  /** Its successor is on trial; replaced or rolled back from. */
  production: ['standby', 'archived'],
  /** The successor failed its trial; the successor passed. */
  standby: ['production', 'archived'],
  /** Rolled back to, or promoted again by hand. */
  archived: ['production'],
  /** Promoted by hand against the gate's verdict; withdrawn. */
  evaluated_inferior: ['production', 'archived'],
} as const satisfies Record<ModelState, readonly ModelState[]>;

export interface LifecycleStatus {
  readonly state: ModelState;
  /** Why it is in this state. */
  readonly reason: string;
  readonly stateChangedAt: EpochMillis;
}

export function isLegalTransition(from: ModelState, to: ModelState): boolean {
  return (LEGAL_TRANSITIONS[from] as readonly ModelState[]).includes(to);
}

/**
 * The model in its next state.
 *
 * @throws AresError `TRANSITION_ILLEGAL` naming both states and what is legal
 */
export function transition<M extends LifecycleStatus & { readonly runId: string }>(
  model: M,
  to: ModelState,
  reason: string,
  now: EpochMillis,
): M {
  const legal: readonly ModelState[] = LEGAL_TRANSITIONS[model.state];
  if (!isLegalTransition(model.state, to)) {
    throw new AresError(
      'TRANSITION_ILLEGAL',
      `model ${model.runId} in state ${model.state} must go to ${legal.join(' or ')}, was sent to ${to}`,
      { runId: model.runId, from: model.state, to, legal },
    );
  }
  return { ...model, state: to, reason, stateChangedAt: now };
}
