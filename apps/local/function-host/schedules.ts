import type { FunctionWiring } from '../../../src/compose/wiring.ts';
import { scheduleEvent } from '../../../src/core/events/event-bridge-event.ts';
import { lastDue, rateMillis } from '../../../src/core/events/rate.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import { type EpochMillis, epochMillis } from '../../../src/core/ports/clock.ts';
import type { Deliveries } from '../../../src/core/ports/deliveries.ts';
import type { Ledger } from '../../../src/core/ports/ledger.ts';

export interface Schedules {
  /** Hands over every run that became due up to this time; returns how many. */
  advance(to: EpochMillis): Promise<number>;
}

interface Schedule {
  readonly name: string;
  readonly rateMs: number;
  /** The last time handed over, and whether the ledger knows it. */
  last: EpochMillis | undefined;
}

/**
 * The schedules of one clock. Runs are due at whole multiples of their rate since 1970.
 *
 * When several runs of a function were missed only the newest is made up for: each run works through everything since the one before.
 * A run is identified by function and time, and the last one is kept in the ledger, so a restart neither repeats nor loses one.
 * A function seen for the first time begins with the next run: or, `atOnce`, with the one that was due last.
 */
export function createSchedules(
  functions: readonly FunctionWiring[],
  clock: 'market' | 'wall',
  { ledger, deliveries }: { readonly ledger: Ledger; readonly deliveries: Deliveries },
  { atOnce }: { readonly atOnce: boolean },
): Schedules {
  const schedules: readonly Schedule[] = functions.flatMap(({ name, triggers }) =>
    triggers.flatMap((trigger) =>
      trigger.kind === 'schedule' && trigger.clock === clock
        ? [{ name, rateMs: rateMillis(trigger.rate), last: undefined }]
        : [],
    ),
  );
  let nextDue = Number.NEGATIVE_INFINITY;

  const keep = async (schedule: Schedule, last: EpochMillis): Promise<void> => {
    await ledger.append([{ key: keys.schedule(clock, schedule.name), value: { last } }]);
    schedule.last = last;
  };

  const load = async (schedule: Schedule, to: EpochMillis): Promise<EpochMillis> => {
    const kept = (await ledger.get(keys.schedule(clock, schedule.name)))?.value.last;
    if (typeof kept === 'number') {
      schedule.last = epochMillis(kept);
      return schedule.last;
    }
    const due = lastDue(schedule.rateMs, to);
    const before = epochMillis(due === to || atOnce ? due - schedule.rateMs : due);
    await keep(schedule, before);
    return before;
  };

  return {
    async advance(to) {
      // Nearly every call finds nothing due, and a lockstep replay calls this once a bar.
      if (to < nextDue) return 0;
      const due: { readonly schedule: Schedule; readonly at: EpochMillis }[] = [];
      for (const schedule of schedules) {
        const last = schedule.last ?? (await load(schedule, to));
        const at = lastDue(schedule.rateMs, to);
        if (at > last) due.push({ schedule, at });
      }
      due.sort((one, other) => one.at - other.at);
      for (const { schedule, at } of due) {
        deliveries.enqueue(schedule.name, scheduleEvent(schedule.name, at));
        await keep(schedule, at);
      }
      nextDue = Math.min(...schedules.map(({ last, rateMs }) => (last ?? to) + rateMs));
      return due.length;
    },
  };
}
