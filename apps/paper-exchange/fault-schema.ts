import * as z from 'zod';

const times = z.number().int().positive().default(1);
const wait = z.number().int().positive().max(600_000);

const matcher = {
  /** What the request's path starts with; `ws:order.place` for calls over the socket. Without one, any. */
  path: z.string().default(''),
  /** HTTP method; without one, any. */
  method: z.string().optional(),
  times,
};

const candles = {
  /** Like `BTCUSDT`; without one, any. */
  symbol: z.string().optional(),
  /** Like `1m`; without one, any. */
  interval: z.string().optional(),
  times,
};

const events = {
  /** Like `executionReport`; without one, any. */
  event: z.string().optional(),
  times,
};

/** When a fault of a script takes hold: at once, after so long in wall time, or before the first point of a bar. */
const moment = {
  /** Wall milliseconds after the script was given. */
  afterMs: z.number().int().nonnegative().optional(),
  /** The bar's place in the whole recording, counted from 0, as `index` in the status. */
  atBar: z.number().int().nonnegative().optional(),
};

const of = <Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) =>
  z.strictObject({ kind: z.literal(kind), ...shape, ...moment });

/** What can be scripted to go wrong. */
const faultSchema = z.discriminatedUnion('kind', [
  /** Answered with this status, not executed. */
  of('status', {
    ...matcher,
    status: z.number().int().min(400).max(599),
    /** Seconds. */
    retryAfter: z.number().int().positive().optional(),
  }),
  /** Executed, and never answered. */
  of('no-answer', { ...matcher, hangUp: z.boolean().default(false) }),
  /** Not executed, and never answered. */
  of('silence', { ...matcher, hangUp: z.boolean().default(false) }),
  /** Never answered, but accepted, and executed so many wall milliseconds later. */
  of('late', { ...matcher, ms: wait, hangUp: z.boolean().default(false) }),
  /** Executed at once, answered so many wall milliseconds later. */
  of('delay', { ...matcher, ms: wait }),
  /** A list is answered without its newest rows. */
  of('partial-page', { ...matcher, leaveOut: z.number().int().positive().default(1) }),
  /** Whether a client order id may come again once its order has ended: Binance lets it. */
  of('reuse-id', { allowed: z.boolean() }),
  /** Events of the account's stream come twice. */
  of('duplicate-events', events),
  /** Events that happened together come in the reverse order. */
  of('reorder-events', events),
  of('drop-events', events),
  /** A closing kline comes first with its high and close off by a fraction, and then as it is. */
  of('revise-candle', { ...candles, by: z.number().gt(-1).lt(1).default(0.001) }),
  /** A closing kline comes twice. */
  of('duplicate-candle', candles),
  /** A closing kline comes so many wall milliseconds late. */
  of('late-candle', { ...candles, ms: wait }),
  /** A closing kline never comes; the answer to a query has it. */
  of('drop-candle', candles),
  /** The next bars stand still without volume: for everybody, in the answers to queries too. */
  of('zero-volume-candle', { symbol: z.string().optional(), times }),
  of('drop-sockets', { which: z.enum(['market', 'account', 'all']) }),
  /** How far the exchange's wall clock is ahead of the real one. */
  of('clock-skew', { ms: z.number().int() }),
  /** Ends every fault, and every script. */
  of('clear', {}),
]);

export type Fault = z.infer<typeof faultSchema>;
type FaultKind = Fault['kind'];
type Of<Kind extends FaultKind> = Extract<Fault, { kind: Kind }>;

export type RequestFault = Of<'status' | 'no-answer' | 'silence' | 'late' | 'delay' | 'partial-page'>;
export type EventFault = Of<'duplicate-events' | 'reorder-events' | 'drop-events'>;
export type CandleFault = Of<'revise-candle' | 'duplicate-candle' | 'late-candle' | 'drop-candle'>;

/** One fault, or a list of them each with its moment. */
export const faultScriptSchema = z.union([
  faultSchema,
  z.strictObject({ script: z.array(faultSchema).min(1).max(10_000) }),
]);
