import * as z from 'zod';
import type { Timeframe } from '../../core/market-data/candle.ts';
import { timeframe } from '../../core/market-data/timeframe.ts';
import { epochMillis } from '../../core/ports/clock.ts';
import type { StreamMessage } from '../../core/ports/exchange.ts';
import { price, quantity } from '../../core/trading/money.ts';
import { type Frame, isAmount, isNumber, isText, wrongFrame } from './frame-fields.ts';

type SymbolOf = (marketId: string) => string | undefined;

const amount = z.string().regex(/^\d+(\.\d+)?$/, 'must be a decimal as text');

/** What Binance documents; read only to say what is wrong with a frame that the checks by hand have not taken. */
const klineFrame = z.object({
  e: z.literal('kline'),
  E: z.number(),
  s: z.string(),
  k: z.object({ t: z.number(), i: z.string(), o: amount, h: amount, l: amount, c: amount, v: amount, x: z.boolean() }),
});
const tradeFrame = z.object({ e: z.literal('trade'), s: z.string(), p: amount, q: amount, T: z.number() });
/** The only market frame without an event name. */
const bookTopFrame = z.object({ s: z.string(), b: amount, B: amount, a: amount, A: amount });

/**
 * One frame of the market socket as a message, or nothing when it is of a kind or a market nobody asked for.
 *
 * Thousands come a second: each is checked by hand, field by field, which takes a tenth of what a schema does.
 *
 * @param symbolOf the symbol of the exchange's own market id
 * @throws ZodError when a frame of a known kind is not what Binance documents
 */
export function marketMessage(frame: unknown, symbolOf: SymbolOf, receivedAt: number): StreamMessage | undefined {
  const raw = frameObject(frame);
  const event = raw.e;
  if (event === undefined) return bookTop(raw, symbolOf, receivedAt);
  if (event === 'trade') return trade(raw, symbolOf, receivedAt);
  return event === 'kline' ? candle(raw, symbolOf, receivedAt) : undefined;
}

function frameObject(frame: unknown): Frame {
  if (typeof frame === 'object' && frame !== null) return frame as Frame;
  return z.looseObject({}).parse(frame);
}

function bookTop(raw: Frame, symbolOf: SymbolOf, receivedAt: number): StreamMessage | undefined {
  const { s, b, B, a, A } = raw;
  if (!isText(b) || !isText(a)) return undefined;
  if (!isText(s) || !isAmount(b) || !isAmount(B) || !isAmount(a) || !isAmount(A)) throw wrongFrame(bookTopFrame, raw);
  const symbol = symbolOf(s);
  if (symbol === undefined) return undefined;
  return {
    kind: 'book-top',
    symbol,
    bid: price(b),
    ask: price(a),
    bidQuantity: quantity(B),
    askQuantity: quantity(A),
    receivedAt,
  };
}

function trade(raw: Frame, symbolOf: SymbolOf, receivedAt: number): StreamMessage | undefined {
  const { s, p, q, T } = raw;
  if (!isText(s) || !isAmount(p) || !isAmount(q) || !isNumber(T)) throw wrongFrame(tradeFrame, raw);
  const symbol = symbolOf(s);
  if (symbol === undefined) return undefined;
  return { kind: 'trade', symbol, price: price(p), quantity: quantity(q), at: epochMillis(T), receivedAt };
}

function candle(raw: Frame, symbolOf: SymbolOf, receivedAt: number): StreamMessage | undefined {
  const { s, E, k } = raw;
  if (!isText(s) || !isNumber(E) || typeof k !== 'object' || k === null) throw wrongFrame(klineFrame, raw);
  const { t, i, o, h, l, c, v, x } = k as Frame;
  const amounts = isAmount(o) && isAmount(h) && isAmount(l) && isAmount(c) && isAmount(v);
  if (!amounts || !isNumber(t) || !isText(i) || typeof x !== 'boolean') throw wrongFrame(klineFrame, raw);
  const symbol = symbolOf(s);
  const interval = timeframeOf(i);
  if (symbol === undefined || interval === undefined) return undefined;
  return {
    kind: 'candle',
    symbol,
    timeframe: interval,
    candle: {
      openTime: epochMillis(t),
      open: Number(o),
      high: Number(h),
      low: Number(l),
      close: Number(c),
      volume: Number(v),
    },
    at: epochMillis(E),
    closed: x,
    receivedAt,
  };
}

const timeframes = new Map<string, Timeframe | undefined>();

/** Binance also has seconds, weeks and months: nobody here can ask for them. */
function timeframeOf(interval: string): Timeframe | undefined {
  if (!timeframes.has(interval))
    timeframes.set(interval, /^\d+[mhd]$/.test(interval) ? timeframe(interval) : undefined);
  return timeframes.get(interval);
}
