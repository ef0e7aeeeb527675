import * as z from 'zod';
import { AresError } from '../ares-error.ts';
import { type EventEnvelope, type EventMetadata, metadataSchema } from './envelope.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits');
const decimalText = z.string().regex(/^-?\d+(\.\d+)?$/, 'must be a decimal number as text');

const define = <Name extends string, Data extends z.ZodType>(
  source: string,
  detailType: Name,
  about: string,
  data: Data,
) => ({ source, detailType, about, data }) as const;

/** Every event there is: published, parsed, routed and documented from here and nowhere else. */
export const catalogue = {
  CandidateRegistered: define(
    'ares.models',
    'CandidateRegistered',
    'A model was registered and waits for the promotion check.',
    z.strictObject({
      runId: z.string(),
      modelHash: hash,
      accuracy: z.number().min(0).max(1).nullable(),
    }),
  ),
  CandidateEvaluated: define(
    'ares.models',
    'CandidateEvaluated',
    'The promotion check refused a candidate, which is now evaluated_inferior.',
    z.strictObject({
      runId: z.string(),
      championRunId: z.string().nullable(),
      metric: z.string(),
      candidateValue: z.number().nullable(),
      championValue: z.number().nullable(),
      reason: z.string(),
    }),
  ),
  ModelUpdated: define(
    'ares.models',
    'ModelUpdated',
    'Another model is in production: the trader swaps to it.',
    z.strictObject({
      change: z.enum(['promoted', 'rolled_back']),
      runId: z.string(),
      modelHash: hash,
      previousRunId: z.string().nullable(),
    }),
  ),
  TradeExecuted: define(
    'ares.trading',
    'TradeExecuted',
    'An order reached its end with at least one fill.',
    z.strictObject({
      clientOrderId: z.string(),
      exchangeOrderId: z.string(),
      symbol: z.string(),
      side: z.enum(['buy', 'sell']),
      quantity: decimalText,
      averagePrice: decimalText,
      fees: z.record(z.string(), decimalText),
      realisedPnl: decimalText,
      modelHash: hash.nullable(),
      barClose: z.number().int(),
    }),
  ),
  OrderRejected: define(
    'ares.trading',
    'OrderRejected',
    'The exchange did not take an order.',
    z.strictObject({
      clientOrderId: z.string(),
      symbol: z.string(),
      code: z.string(),
      reason: z.string(),
    }),
  ),
  TradingHalted: define(
    'ares.trading',
    'TradingHalted',
    'Trading is restricted: REDUCING allows only orders that shrink the position, HALTED only cancels.',
    z.strictObject({
      state: z.enum(['REDUCING', 'HALTED']),
      reason: z.string(),
      by: z.string(),
    }),
  ),
  TradingResumed: define(
    'ares.trading',
    'TradingResumed',
    'Trading is ACTIVE again.',
    z.strictObject({ reason: z.string(), by: z.string() }),
  ),
  ConfigChanged: define(
    'ares.config',
    'ConfigChanged',
    'A new version of the live configuration is in force.',
    z.strictObject({
      version: z.number().int().positive(),
      changed: z.array(z.string()),
    }),
  ),
  PerformanceAlert: define(
    'ares.performance',
    'PerformanceAlert',
    'A production metric crossed its threshold, or came back.',
    z.strictObject({
      runId: z.string(),
      metric: z.string(),
      status: z.enum(['breached', 'recovered']),
      value: z.number().nullable(),
      threshold: z.number(),
      samples: z.number().int(),
    }),
  ),
  ComponentStarted: define(
    'ares.system',
    'ComponentStarted',
    'A long-running process is ready.',
    z.strictObject({ component: z.string(), instance: z.string() }),
  ),
  ComponentStopped: define(
    'ares.system',
    'ComponentStopped',
    'A long-running process ended in order.',
    z.strictObject({ component: z.string(), instance: z.string(), reason: z.string() }),
  ),
  SystemError: define(
    'ares.system',
    'SystemError',
    'Something failed and a fallback holds; the message says what to do.',
    z.strictObject({
      component: z.string(),
      code: z.string(),
      message: z.string(),
    }),
  ),
  SystemRecovered: define(
    'ares.system',
    'SystemRecovered',
    'What a SystemError of the same component and code said is over.',
    z.strictObject({
      component: z.string(),
      code: z.string(),
      message: z.string(),
    }),
  ),
} as const;

export type EventName = keyof typeof catalogue;
export type EventData<N extends EventName> = z.infer<(typeof catalogue)[N]['data']>;

export const eventNames = Object.keys(catalogue) as readonly EventName[];

const detailSchemas = new Map(
  eventNames.map((name) => [name, z.strictObject({ metadata: metadataSchema, data: catalogue[name].data })] as const),
);

/** What an event's whole detail must be: metadata and data. */
export function detailSchema(name: EventName): z.ZodType<{ metadata: EventMetadata; data: EventData<EventName> }> {
  return detailSchemas.get(name) as z.ZodType<{ metadata: EventMetadata; data: EventData<EventName> }>;
}

/** An event as its consumer sees it. */
export interface AresEvent<N extends EventName = EventName> {
  readonly name: N;
  readonly metadata: EventMetadata;
  readonly data: EventData<N>;
}

/** An event ready for the outbox. @throws AresError `EVENT_INVALID` when the data is not what the catalogue says */
export function newEvent<N extends EventName>(name: N, metadata: EventMetadata, data: EventData<N>): EventEnvelope {
  const entry = catalogue[name];
  const parsed = entry.data.safeParse(data);
  if (!parsed.success) throw new AresError('EVENT_INVALID', `${name}: ${z.prettifyError(parsed.error)}`);
  return { source: entry.source, detailType: entry.detailType, detail: { metadata, data: parsed.data } };
}

/** Parses what the bus delivers. @throws AresError `EVENT_UNKNOWN`, `EVENT_INVALID` */
export function parseEvent(source: string, detailType: string, detail: unknown): AresEvent {
  const name = detailType as EventName;
  const entry = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
  if (!entry || entry.source !== source) {
    throw new AresError(
      'EVENT_UNKNOWN',
      `event must be one of ${eventNames.join(', ')} from its own source, was "${detailType}" from "${source}"`,
    );
  }
  const parsed = detailSchema(name).safeParse(detail);
  if (!parsed.success) throw new AresError('EVENT_INVALID', `${name}: ${z.prettifyError(parsed.error)}`);
  return { name, metadata: parsed.data.metadata, data: parsed.data.data };
}
