import { type Command, InvalidArgumentError } from 'commander';
import { deadLetters } from '#port/dead-letters';
import { eventLog } from '#port/event-log';
import { AresError } from '../../../src/core/ares-error.ts';
import { readEventRows } from '../../../src/core/dashboard/event-row.ts';
import type { DeadDelivery, Replay } from '../../../src/core/ports/deliveries.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { defineGroup } from '../define-group.ts';
import { EXIT } from '../exit-codes.ts';
import { openLedger } from '../open-ledger.ts';
import { wholeFrom } from '../option-parsers.ts';
import { table } from '../render/table.ts';
import { counted, momentText } from '../render/words.ts';

export function defineEvents(program: Command, deliver: Deliver): void {
  const events = defineGroup(program, {
    name: 'events',
    about: 'What happened, and what a function could not handle.',
    examples: ['events list', 'events dead', 'events replay --all'],
  });
  defineCommand<{ readonly limit: number; readonly before?: number }>(events, deliver, {
    name: 'list',
    about: 'Lists the newest events, newest first.',
    examples: ['events list', 'events list --limit 5 --json'],
    options: (command) =>
      command
        .option('--limit <number>', 'at most so many', wholeFrom(1, 1_000), 20)
        .option('--before <position>', 'only those before this position', wholeFrom(1)),
    run: async (session, { limit, before }) => {
      openLedger(session);
      const rows = await readEventRows(eventLog(), { limit, ...(before === undefined ? {} : { before }) });
      const cells = rows.map((row) => [String(row.position), momentText(row.occurredAt), row.type, row.text]);
      return {
        value: rows,
        text: rows.length === 0 ? 'Nothing has happened yet.' : table(['POSITION', 'TIME', 'EVENT', 'WHAT'], cells),
      };
    },
  });
  defineCommand(events, deliver, {
    name: 'dead',
    about: 'Lists deliveries that failed as often as their function allows, oldest first.',
    examples: ['events dead', 'events dead --json'],
    run: async (session) => {
      openLedger(session);
      const value = await deadLetters().dead();
      const cells = value.map(({ id, target, event, attempts, since, lastError }) => [
        id,
        target,
        eventText(event),
        String(attempts),
        momentText(since),
        lastError,
      ]);
      const text =
        value.length === 0
          ? 'No event is dead.'
          : table(['ID', 'FUNCTION', 'EVENT', 'ATTEMPTS', 'SINCE', 'LAST ERROR'], cells);
      return { value, text };
    },
  });
  defineCommand<{ readonly all?: boolean }>(events, deliver, {
    name: 'replay',
    about: 'Lets dead deliveries be tried again from the first attempt; what handles them is the running Ares.',
    examples: ['events replay 17', 'events replay --all'],
    options: (command) =>
      command.argument('[id]', 'of one, as "events dead" lists it', idText).option('--all', 'every one'),
    run: async (session, { all = false }, [id]) => {
      if (all === (id !== undefined))
        throw new AresError('USAGE', 'replay must be given the id of a dead event, or --all in its place');
      openLedger(session);
      const value = await deadLetters().replay(id === undefined ? 'all' : { id });
      if (value.replayed + value.dismissed > 0) return { value, text: replayText(value) };
      const text =
        id === undefined
          ? 'No dead event can be tried again.'
          : `No dead event with the id ${id} can be tried again; "ares events dead" lists them.`;
      return { value, text, exit: EXIT.nothing };
    },
  });
}

const eventText = (event: DeadDelivery['event']): string => event?.['detail-type'] ?? '-';

function replayText({ replayed, dismissed }: Replay): string {
  const lines = replayed > 0 ? [`${counted(replayed, 'delivery', 'deliveries')} will be tried again.`] : [];
  if (dismissed > 0)
    lines.push(
      `${counted(dismissed, 'note')} of the relay ${dismissed === 1 ? 'was' : 'were'} removed: what stayed in the outbox is published by the sweeper.`,
    );
  return lines.join('\n');
}

function idText(text: string): string {
  if (/^(\d{1,15}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(text)) return text;
  throw new InvalidArgumentError(`id must be as "ares events dead" lists it, was "${text}"`);
}
