import ccxt from 'ccxt';
import { AresError, messageOf } from '../../core/ares-error.ts';
import type { Timers } from '../../core/ports/clock.ts';
import type { AccountKeys } from './account-keys.ts';
import { ExchangeAnswer, isRateLimited, isUncertain } from './exchange-answer.ts';
import type { OrderOperation, OrderRequest } from './order-request.ts';
import { holdAfter, withoutQuery } from './read-guard.ts';
import type { RequestSigner } from './request-signer.ts';
import type { Venue } from './venue.ts';
import { within } from './within.ts';

export interface SubmitOptions {
  readonly via: 'websocket' | 'rest';
  /** No answer for so long is no answer, in milliseconds. */
  readonly timeoutMs: number;
}

/** What became of one request about an order. */
export type Sent =
  | { readonly sent: 'answered'; readonly raw: unknown }
  /** It is certain that nothing left this process. */
  | { readonly sent: 'nothing'; readonly code: string; readonly reason: string }
  /** An error for an answer, or none. */
  | { readonly sent: 'failed'; readonly failure: unknown };

/** @param urgent goes out even while the exchange asks to be left alone, and by REST where the socket is not open: cancels */
export type SendOnce = (
  operation: OrderOperation,
  symbol: string,
  requestFor: (marketId: string) => OrderRequest,
  urgent?: boolean,
) => Promise<Sent>;

/**
 * Sends a request once.
 *
 * Nothing is repeated, and nothing waits in a queue from which it could leave after this has given up: the request is signed and
 * written at once, and the exchange's request window ends what travels too long. While the exchange asks to be left alone nothing is sent: it
 * would refuse the order, and prolong the ban. An order is signed as of the moment it was asked for: one that had to wait for a connection, in a process that was
 * stopped meanwhile, is too old for the exchange when it comes. With a socket open and keys loaded it is written before this returns.
 */
export function createSendOnce(
  venue: Venue,
  keys: AccountKeys,
  { via, timeoutMs }: SubmitOptions,
  timers: Timers,
): SendOnce {
  const { client, sockets, rest, wallClock } = venue;
  const accountUrl = client.accountUrl();
  const late = () => new ccxt.RequestTimeout(`no answer within ${timeoutMs} ms`);
  const marketIdOf = (symbol: string): string | undefined => client.markets?.[symbol]?.id;

  /** What must stand before anything can be written; on the hot path it does, and nothing is awaited. */
  async function prepare(symbol: string, urgent: boolean): Promise<void> {
    await venue.marketId(symbol);
    await keys.ensure();
    if (via === 'websocket' && !urgent) await sockets.open(accountUrl);
  }

  function write(
    operation: OrderOperation,
    { shape, values }: OrderRequest,
    signer: RequestSigner,
    at: number,
  ): Promise<unknown> {
    const socket = via === 'websocket' ? sockets.opened(accountUrl) : undefined;
    if (socket) {
      const id = socket.nextId();
      return socket.send(id, signer.frame(id, operation.method, shape, values, at));
    }
    const { verb, path } = operation;
    return rest.ask(verb, client.orderUrl(path), signer.query(shape, values, at), signer.apiKey);
  }

  return async (operation, symbol, requestFor, urgent = false) => {
    const askedAt = wallClock.now();
    const heldMs = urgent ? 0 : venue.breaker.heldMs();
    if (heldMs > 0) {
      return nothing('RATE_LIMITED', `the exchange asked to be left alone for ${Math.ceil(heldMs)} ms more`);
    }
    const connected = urgent || via === 'rest' || sockets.opened(accountUrl) !== undefined;
    let marketId = marketIdOf(symbol);
    let signer = keys.signer();
    if (!connected || marketId === undefined || signer === undefined) {
      try {
        await within(prepare(symbol, urgent), timeoutMs, timers, late);
        marketId = await venue.marketId(symbol);
        signer = await keys.ensure();
      } catch (failure) {
        return nothing('NOT_CONNECTED', withoutQuery(messageOf(failure)));
      }
    }
    let request: OrderRequest;
    try {
      request = requestFor(marketId);
    } catch (failure) {
      if (failure instanceof AresError) return nothing(failure.code, failure.message);
      throw failure;
    }
    try {
      return {
        sent: 'answered',
        raw: await within(
          write(operation, request, signer, urgent ? wallClock.now() : askedAt),
          timeoutMs,
          timers,
          late,
        ),
      };
    } catch (failure) {
      if (failure instanceof ExchangeAnswer) {
        holdAfter(failure.facts, venue.breaker);
        keys.doubt(failure);
      }
      return { sent: 'failed', failure };
    }
  };
}

const nothing = (code: string, reason: string): Sent => ({
  sent: 'nothing',
  code,
  reason: `nothing was sent: ${reason}`,
});

/** What a request that was not answered well means for an order: certainly not taken, or open. */
export type Refusal =
  | { readonly outcome: 'rejected'; readonly code: string; readonly reason: string }
  | { readonly outcome: 'unknown'; readonly reason: string };

/** Whatever is not clearly a refusal is open, because a mistake there doubles the order. */
export function refusalOf(sent: Exclude<Sent, { sent: 'answered' }>): Refusal {
  if (sent.sent === 'nothing') return { outcome: 'rejected', code: sent.code, reason: sent.reason };
  const { failure } = sent;
  if (!(failure instanceof ExchangeAnswer)) return { outcome: 'unknown', reason: withoutQuery(messageOf(failure)) };
  const { facts } = failure;
  if (isRateLimited(facts)) return { outcome: 'rejected', code: 'RATE_LIMITED', reason: failure.message };
  if (isUncertain(facts) || namesDuplicate(facts.text)) return { outcome: 'unknown', reason: failure.message };
  return { outcome: 'rejected', code: facts.venueCode ?? `HTTP_${facts.status}`, reason: facts.text };
}

/** A duplicate says that an order with this id lives: not this request's, but the caller must find it before deciding anything. */
export const namesDuplicate = (text: string): boolean => /duplicate order/i.test(text);
