import ccxt from 'ccxt';
import { messageOf } from '../../core/ares-error.ts';
import type { Timers } from '../../core/ports/clock.ts';
import type { SubmitOutcome } from '../../core/ports/exchange.ts';
import type { Log } from '../../core/ports/log.ts';
import type { ApprovedOrder } from '../../core/risk/approved-order.ts';
import type { AccountKeys } from './account-keys.ts';
import { ExchangeAnswer, isRateLimited, isUncertain } from './exchange-answer.ts';
import { fillsOfAnswer, orderReport } from './order-shapes.ts';
import { holdAfter, withoutQuery } from './read-guard.ts';
import { askNow } from './rest-now.ts';
import type { Venue } from './venue.ts';
import { within } from './within.ts';

export interface SubmitOptions {
  readonly via: 'websocket' | 'rest';
  /** No answer for so long is no answer, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Sends a market order once.
 *
 * The answer decides: taken, certainly not taken, or open. Whatever is not clearly one of the first two is open, because a mistake there
 * doubles the order. Nothing is repeated, and nothing waits in a queue from which it could leave after this has given up: the request is signed and
 * written at once, and the exchange's request window ends what travels too long. While the exchange asks to be left alone nothing is sent: it
 * would refuse the order, and prolong the ban.
 */
export function createSubmit(
  venue: Venue,
  keys: AccountKeys,
  { via, timeoutMs }: SubmitOptions,
  { timers, log }: { readonly timers: Timers; readonly log: Log },
): (order: ApprovedOrder) => Promise<SubmitOutcome> {
  const { client } = venue;
  const late = () => new ccxt.RequestTimeout(`no answer within ${timeoutMs} ms`);

  /** What must stand before an order can be written; on the hot path it does, and nothing is awaited. */
  async function prepare(symbol: string): Promise<void> {
    await venue.marketId(symbol);
    await keys.ensure();
    if (via === 'websocket') await client.open(client.accountUrl());
  }

  const isPrepared = (symbol: string): boolean =>
    client.markets?.[symbol] !== undefined &&
    keys.loaded() &&
    (via === 'rest' || client.openSocket(client.accountUrl()) !== undefined);

  function write(order: ApprovedOrder): Promise<unknown> {
    const params = {
      symbol: client.market(order.symbol).id,
      side: order.side.toUpperCase(),
      type: 'MARKET',
      quantity: order.quantity.toFixed(),
      newClientOrderId: order.clientOrderId,
      newOrderRespType: 'FULL',
    };
    const socket = client.openSocket(client.accountUrl());
    if (via === 'websocket' && socket) return client.ask(socket, 'order.place', client.signParams(params));
    return askNow(client, 'POST', 'order', params);
  }

  return async (order) => {
    const heldMs = venue.breaker.heldMs();
    if (heldMs > 0) {
      const reason = `nothing was sent: the exchange asked to be left alone for ${Math.ceil(heldMs)} ms more`;
      return { outcome: 'rejected', code: 'RATE_LIMITED', reason };
    }
    if (!isPrepared(order.symbol)) {
      try {
        await within(prepare(order.symbol), timeoutMs, timers, late);
      } catch (failure) {
        return {
          outcome: 'rejected',
          code: 'NOT_CONNECTED',
          reason: `nothing was sent: ${withoutQuery(messageOf(failure))}`,
        };
      }
    }
    let raw: unknown;
    try {
      raw = await within(write(order), timeoutMs, timers, late);
    } catch (failure) {
      if (failure instanceof ExchangeAnswer) {
        holdAfter(failure.facts, venue.breaker);
        keys.doubt(failure);
      }
      return outcomeOf(failure);
    }
    try {
      const report = orderReport(order.symbol, raw);
      return { outcome: 'acknowledged', report, fills: fillsOfAnswer(report, raw) };
    } catch (failure) {
      log.error('the answer to an order was not understood', {
        clientOrderId: order.clientOrderId,
        reason: messageOf(failure),
      });
      return { outcome: 'unknown', reason: `the answer is not what the exchange documents: ${messageOf(failure)}` };
    }
  };
}

function outcomeOf(failure: unknown): SubmitOutcome {
  if (!(failure instanceof ExchangeAnswer)) return { outcome: 'unknown', reason: withoutQuery(messageOf(failure)) };
  const { facts } = failure;
  if (isRateLimited(facts)) return { outcome: 'rejected', code: 'RATE_LIMITED', reason: failure.message };
  // A duplicate says that an order with this id lives: not this request's, but the caller must find it before deciding anything.
  if (isUncertain(facts) || /duplicate order/i.test(facts.text)) return { outcome: 'unknown', reason: failure.message };
  return { outcome: 'rejected', code: facts.venueCode ?? `HTTP_${facts.status}`, reason: facts.text };
}
