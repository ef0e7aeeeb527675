import * as z from 'zod';
import { epochMillis } from '../../core/ports/clock.ts';
import type { StreamMessage } from '../../core/ports/exchange.ts';
import { price, quantity } from '../../core/trading/money.ts';

const amount = z.string();

const klineFrame = z.object({
  e: z.literal('kline'),
  s: z.string(),
  k: z.object({ t: z.number(), o: amount, h: amount, l: amount, c: amount, v: amount, x: z.boolean() }),
});
const tradeFrame = z.object({ e: z.literal('trade'), s: z.string(), p: amount, q: amount, T: z.number() });
/** The only market frame without an event name. */
const bookTopFrame = z.object({ s: z.string(), b: amount, a: amount });
const envelope = z.object({ e: z.string().optional(), b: z.unknown().optional(), a: z.unknown().optional() });

/**
 * One frame of the market socket as a message, or nothing when it is of a kind or a market nobody asked for.
 *
 * @param symbolOf the symbol of the exchange's own market id
 * @throws ZodError when a frame of a known kind is not what Binance documents
 */
export function marketMessage(
  frame: unknown,
  symbolOf: (marketId: string) => string | undefined,
  receivedAt: number,
): StreamMessage | undefined {
  const { e: event, b, a } = envelope.parse(frame);
  if (event === 'kline') return candleMessage(klineFrame.parse(frame), symbolOf, receivedAt);
  if (event === 'trade') {
    const trade = tradeFrame.parse(frame);
    const symbol = symbolOf(trade.s);
    if (symbol === undefined) return undefined;
    const at = epochMillis(trade.T);
    return { kind: 'trade', symbol, price: price(trade.p), quantity: quantity(trade.q), at, receivedAt };
  }
  if (event !== undefined || typeof b !== 'string' || typeof a !== 'string') return undefined;
  const top = bookTopFrame.parse(frame);
  const symbol = symbolOf(top.s);
  return symbol === undefined
    ? undefined
    : { kind: 'book-top', symbol, bid: price(top.b), ask: price(top.a), receivedAt };
}

function candleMessage(
  { s, k }: z.infer<typeof klineFrame>,
  symbolOf: (marketId: string) => string | undefined,
  receivedAt: number,
): StreamMessage | undefined {
  const symbol = symbolOf(s);
  if (symbol === undefined) return undefined;
  const candle = {
    openTime: epochMillis(k.t),
    open: Number(k.o),
    high: Number(k.h),
    low: Number(k.l),
    close: Number(k.c),
    volume: Number(k.v),
  };
  return { kind: 'candle', symbol, candle, closed: k.x, receivedAt };
}
