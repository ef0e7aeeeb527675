import * as z from 'zod';

/**
 * Travels with every event.
 *
 * `sequence` grows by at least one with each event of the same source and slot: a consumer that has seen a higher one ignores the event.
 * `correlationId` names what began it all, `causationId` the event or command that led here.
 */
export const metadataSchema = z.strictObject({
  id: z.string().min(1),
  version: z.literal(1),
  occurredAt: z.number().int(),
  correlationId: z.string().min(1),
  causationId: z.string().min(1).nullable(),
  slot: z.string().nullable(),
  sequence: z.number().int().nonnegative(),
});
export type EventMetadata = z.infer<typeof metadataSchema>;

/** The form of every event, whatever its data: parses what was stored or sent before the catalogue looks at it. */
export const envelopeSchema = z.object({
  source: z.string().min(1),
  detailType: z.string().min(1),
  detail: z.object({ metadata: metadataSchema, data: z.unknown() }),
});

/** An event on its way: what EventBridge calls source, detail-type and detail. */
export interface EventEnvelope {
  readonly source: string;
  readonly detailType: string;
  readonly detail: { readonly metadata: EventMetadata; readonly data: unknown };
}
