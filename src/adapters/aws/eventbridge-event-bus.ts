import { type EventBridgeClient, PutEventsCommand, type PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import { envelopeSchema } from '../../core/events/envelope.ts';
import type { Timers } from '../../core/ports/clock.ts';
import type { EventBus } from '../../core/ports/event-bus.ts';
import type { Random } from '../../core/ports/random.ts';
import { backOff } from './back-off.ts';
import { eventBridgeEntry, requestsOf, type SizedEntry } from './event-bridge-entry.ts';
import { sdkFault } from './sdk-fault.ts';

export interface EventBridgeOptions {
  /** Its own retries handle requests that failed as a whole. */
  readonly client: Pick<EventBridgeClient, 'send'>;
  /** Name or ARN. */
  readonly busName: string;
  readonly timers: Pick<Timers, 'sleep'>;
  readonly random: Pick<Random, 'next'>;
  /** Told why an event of a batch was not taken. */
  readonly onRefused?: (id: string, reason: string) => void;
}

/** With the waits between them below a second and a half in all. */
const MAX_ATTEMPTS = 6;
/** Those of an entry that AWS calls retryable. */
const PASSING: readonly (string | undefined)[] = ['InternalFailure', 'InternalException', 'ThrottlingException'];

const isTaken = (result: PutEventsResultEntry): boolean =>
  result.EventId !== undefined && result.ErrorCode === undefined;

/**
 * The event bus on EventBridge.
 *
 * An event without valid metadata is not taken. One that EventBridge refuses is not tried again; one that it could not take now is, a few times.
 *
 * @throws (from `publish`) AresError `EVENT_TOO_LARGE` before anything is sent; `EVENT_BUS_UNAVAILABLE` when a request got no answer or all of it was
 * throttled, `EVENT_BUS_REFUSED` when AWS refused all of it: events of earlier requests may have been taken then, and are taken again
 */
export function createEventBridgeEventBus(options: EventBridgeOptions): EventBus {
  const { client, busName, onRefused } = options;

  const put = async (request: readonly SizedEntry[]): Promise<readonly PutEventsResultEntry[]> => {
    try {
      const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: request.map(({ entry }) => entry) }));
      return Entries;
    } catch (error) {
      throw sdkFault(error, 'EVENT_BUS', 'EventBridge');
    }
  };

  /** Sends one request, then what of it failed for now, and returns the ids that were taken. */
  const send = async (request: readonly SizedEntry[]): Promise<readonly string[]> => {
    const taken: string[] = [];
    let left = request;
    for (let attempt = 1; left.length > 0; attempt++) {
      if (attempt > 1) await backOff(options, attempt);
      const results = await put(left);
      const again: SizedEntry[] = [];
      for (const [at, sized] of left.entries()) {
        const result = results[at] ?? {};
        if (isTaken(result)) taken.push(sized.id);
        else if (PASSING.includes(result.ErrorCode) && attempt < MAX_ATTEMPTS) again.push(sized);
        else onRefused?.(sized.id, `${result.ErrorCode ?? 'no answer'}: ${result.ErrorMessage ?? ''}`);
      }
      left = again;
    }
    return taken;
  };

  return {
    async publish(events) {
      const valid = events.filter((event) => {
        const parsed = envelopeSchema.safeParse(event);
        if (!parsed.success) onRefused?.(String(event.detail?.metadata?.id), parsed.error.message);
        return parsed.success;
      });
      const taken: string[] = [];
      for (const request of requestsOf(valid.map((event) => eventBridgeEntry(event, busName)))) {
        taken.push(...(await send(request)));
      }
      return taken;
    },
  };
}
