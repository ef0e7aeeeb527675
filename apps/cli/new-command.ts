import { userInfo } from 'node:os';
import { random } from '#port/random';
import { wallClock } from '#port/wall-clock';
import type { Command } from '../../src/core/events/command.ts';
import { commandTime } from '../../src/core/events/command-time.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import type { LedgerReader } from '../../src/core/ports/ledger.ts';

/**
 * The wish of the person at the command line, with a name of its own and the time it is made at.
 *
 * @param slot the one it is about; `undefined` when it is about all of them
 */
export async function newCommand(
  ledger: LedgerReader,
  user: string | undefined,
  slot: SlotId | undefined,
): Promise<Command> {
  const id = random().id();
  const now = await commandTime(ledger, wallClock, slot);
  return { id, user: user ?? operatingSystemUser(), now, sessionId: `cli-${id}` };
}

/** A user without an entry in the system's list, as in a container, has only a number. */
function operatingSystemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
