import * as z from 'zod';
import { messageOf } from '../../core/ares-error.ts';
import { type EventEnvelope, envelopeSchema } from '../../core/events/envelope.ts';
import { type Attributes, itemFrom } from './dynamo-item.ts';

/** The event in an item of the outbox, or why there is none; never throws. */
export function readOutboxItem(
  attributes: Attributes,
): { readonly event: EventEnvelope } | { readonly unreadable: string } {
  try {
    const { key, value } = itemFrom('state', attributes);
    const parsed = envelopeSchema.safeParse(value);
    if (parsed.success) return { event: parsed.data };
    return { unreadable: `${key.pk} must hold an event: ${z.prettifyError(parsed.error)}` };
  } catch (error) {
    return { unreadable: messageOf(error) };
  }
}
