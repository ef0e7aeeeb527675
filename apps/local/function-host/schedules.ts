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
  /** The last time handed over, once it is known. */
  last: EpochMillis | undefined;
}

const schedulesOf = (functions: readonly FunctionWiring[], clock: 'market' | 'wall'): readonly Schedule[] =>
  functions.flatMap(({ name, triggers }) => {
    const scheduled = triggers.filter((trigger) => trigger.kind === 'schedule');
    if (scheduled.length > 1) {
      throw new Error(`${name} must have one schedule at most, since its runs are named after it and their time`);
    }
    return scheduled
      .filter((trigger) => trigger.clock === clock)
      .map(({ rate }) => ({ name, rateMs: rateMillis(rate), last: undefined }));
  });

/**
 * The schedules of one clock. Runs are due at whole multiples of their rate since 1970.
 *
 * When several runs of a function were missed only the newest is made up for: each run works through everything since the one before.
 * A run is identified by function and time, and handing it over is what keeps its time, so a restart neither repeats nor loses one.
 * A function seen for the first time begins with the next run: or, `atOnce`, with the one that was due last.
 */
export function createSchedules(
  functions: readonly FunctionWiring[],
  clock: 'market' | 'wall',
  { ledger, deliveries }: { readonly ledger: Ledger; readonly deliveries: Deliveries },
  { atOnce }: { readonly atOnce: boolean },
): Schedules {
  const schedules = schedulesOf(functions, clock);
  let nextDue = Number.NEGATIVE_INFINITY;

  /** Where a function begins that never ran. Kept, since a process that ends before its first run must not move it. */
  const begin = async ({ name, rateMs }: Schedule, to: EpochMillis): Promise<EpochMillis> => {
    const key = keys.scheduleBegin(clock, name);
    const kept = (await ledger.get(key))?.value.at;
    if (typeof kept === 'number') return epochMillis(kept);
    const due = lastDue(rateMs, to);
    const at = epochMillis(due === to || atOnce ? due - rateMs : due);
    await ledger.append([{ key, value: { at } }]);
    return at;
  };

  return {
    async advance(to) {
      // Nearly every call finds nothing due, and a lockstep replay calls this once a bar.
      if (to < nextDue) return 0;
      const due: { readonly schedule: Schedule; readonly at: EpochMillis }[] = [];
      for (const schedule of schedules) {
        schedule.last ??= deliveries.lastScheduled(schedule.name) ?? (await begin(schedule, to));
        const at = lastDue(schedule.rateMs, to);
        if (at > schedule.last) due.push({ schedule, at });
      }
      due.sort((one, other) => one.at - other.at);
      for (const { schedule, at } of due) {
        deliveries.enqueue(schedule.name, scheduleEvent(schedule.name, at));
        schedule.last = at;
      }
      nextDue = Math.min(...schedules.map(({ last, rateMs }) => (last ?? to) + rateMs));
      return due.length;
    },
  };
}
