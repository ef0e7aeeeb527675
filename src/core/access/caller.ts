import type { AccessToken } from './access-token.ts';
import type { Right } from './right.ts';
import { RIGHTS_OF_ROLE } from './role.ts';

/** Who calls: what every audit entry names. */
export interface Caller {
  readonly user: string;
  can(right: Right): boolean;
  /** Whether the caller may act on this slot: tokens can be bound to some. */
  mayUse(slot: string): boolean;
}

/** The caller that a token makes known; its name is the user's. */
export const callerOf = ({ name, role, slots }: AccessToken): Caller => ({
  user: name,
  can: (right) => RIGHTS_OF_ROLE[role].includes(right),
  mayUse: (slot) => slots === null || (slots as readonly string[]).includes(slot),
});

/** Somebody on the same machine who showed no token: sees everything, changes nothing. */
export const LOCAL_READER: Caller = {
  user: 'anonymous',
  can: (right) => right === 'open' || right === 'read',
  mayUse: () => true,
};
