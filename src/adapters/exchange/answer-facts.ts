import * as z from 'zod';
import type { AnswerFacts } from './exchange-answer.ts';

const errorBody = z.object({
  code: z.union([z.number(), z.string()]).optional(),
  msg: z.string().optional(),
  /** When a limit ends, on the exchange's own clock (WebSocket answers only); what became of each part of a request that had two. */
  data: z.looseObject({ serverTime: z.number(), retryAfter: z.number() }).partial().nullish(),
});

const LONGEST_TEXT = 300;

/**
 * Reads an error answer of Binance's REST or WebSocket API, whatever its body is.
 *
 * @param headers with names capitalised, as ccxt gives them
 */
export function answerFacts(status: number, body: unknown, headers: Readonly<Record<string, string>>): AnswerFacts {
  const parsed = errorBody.safeParse(body);
  const { code, msg, data } = parsed.success ? parsed.data : {};
  const seconds = Number(headers['Retry-After'] ?? Number.NaN);
  const retryAfterMs =
    data?.retryAfter !== undefined && data?.serverTime !== undefined
      ? data.retryAfter - data.serverTime
      : seconds * 1_000;
  return {
    status,
    text: (msg ?? JSON.stringify(body) ?? '').slice(0, LONGEST_TEXT),
    ...(code === undefined ? {} : { venueCode: String(code) }),
    ...(data ? { parts: data } : {}),
    ...(Number.isFinite(retryAfterMs) ? { retryAfterMs: Math.max(0, retryAfterMs) } : {}),
  };
}
