import { userInfo } from 'node:os';
import { random } from '#port/random';
import { wallClock } from '#port/wall-clock';
import type { Command } from '../../src/core/events/command.ts';
import type { LedgerReader } from '../../src/core/ports/ledger.ts';
import { commandTime } from './command-time.ts';

/** The wish of the person at the command line, with a name of its own and the time it is made at. */
export async function newCommand(ledger: LedgerReader, user: string | undefined): Promise<Command> {
  const id = random().id();
  return { id, user: user ?? operatingSystemUser(), now: await commandTime(ledger, wallClock), sessionId: `cli-${id}` };
}

/** A user without an entry in the system's list, as in a container, has only a number. */
function operatingSystemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
