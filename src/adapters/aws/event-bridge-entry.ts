import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { AresError } from '../../core/ares-error.ts';
import type { EventEnvelope } from '../../core/events/envelope.ts';

/** One event as a request carries it, with the bytes EventBridge counts for it. */
export interface SizedEntry {
  readonly id: string;
  readonly entry: PutEventsRequestEntry;
  readonly bytes: number;
}

/**
 * "The total entry size must be less than 1MB" (API reference of `PutEvents`, since January 2026; 256 KB before), for one entry as for all of
 * a request. This is less by either meaning of MB, and leaves room for what EventBridge adds before a queue with the same limit gets it.
 */
const MAX_REQUEST_BYTES = 1_000_000;
/** As many as `PutEvents` takes. */
const MAX_ENTRIES = 10;

const utf8Bytes = (text: string): number => Buffer.byteLength(text);

/**
 * An event as an entry for a bus. It has no time of its own there: an event's time may be the market's, years ago, and rules drop what is too old.
 *
 * @throws AresError `EVENT_TOO_LARGE` naming the event and its size
 */
export function eventBridgeEntry({ source, detailType, detail }: EventEnvelope, busName: string): SizedEntry {
  const { id } = detail.metadata;
  const entry = { EventBusName: busName, Source: source, DetailType: detailType, Detail: JSON.stringify(detail) };
  const bytes = utf8Bytes(entry.Source) + utf8Bytes(entry.DetailType) + utf8Bytes(entry.Detail);
  if (bytes <= MAX_REQUEST_BYTES) return { id, entry, bytes };
  throw new AresError(
    'EVENT_TOO_LARGE',
    `an event must have at most ${MAX_REQUEST_BYTES} bytes for EventBridge, ${detailType} ${id} had ${bytes}`,
    { id, bytes, max: MAX_REQUEST_BYTES },
  );
}

/** Entries in their order, in groups that each fit one request. */
export function requestsOf(entries: readonly SizedEntry[]): readonly (readonly SizedEntry[])[] {
  const requests: SizedEntry[][] = [];
  let room = 0;
  for (const sized of entries) {
    const last = requests.at(-1);
    if (!last || last.length === MAX_ENTRIES || sized.bytes > room) {
      requests.push([sized]);
      room = MAX_REQUEST_BYTES - sized.bytes;
    } else {
      last.push(sized);
      room -= sized.bytes;
    }
  }
  return requests;
}
