import ccxt from 'ccxt';
import * as z from 'zod';
import { AresError, messageOf } from '../../core/ares-error.ts';
import type { Balance, CancelOutcome, Exchange, Stream } from '../../core/ports/exchange.ts';
import type { ExchangeKeys } from '../../core/ports/secrets.ts';
import { decimal } from '../../core/trading/money.ts';
import { accountHistory } from './account-history.ts';
import { type AccountKeys, accountKeys } from './account-keys.ts';
import { ExchangeAnswer } from './exchange-answer.ts';
import { openStream, STREAM_POLICY, type StreamPolicy } from './exchange-stream.ts';
import { marketReads } from './market-reads.ts';
import { amountText, orderReport } from './order-shapes.ts';
import { isNetworkFailure, withoutQuery } from './read-guard.ts';
import { askNow } from './rest-now.ts';
import { createSubmit, type SubmitOptions } from './submit-order.ts';
import { createVenue, type Venue, type VenueOptions } from './venue.ts';
import { within } from './within.ts';

export interface CcxtExchangeOptions extends VenueOptions {
  readonly keys: () => Promise<ExchangeKeys>;
  /** How old a signed request may be when the exchange gets it, in milliseconds of wall time. */
  readonly recvWindow: number;
  readonly submit?: Partial<SubmitOptions>;
  readonly stream?: Partial<StreamPolicy>;
}

const SUBMIT: SubmitOptions = { via: 'websocket', timeoutMs: 5_000 };

const accountAnswer = z.object({
  balances: z.array(z.object({ asset: z.string(), free: amountText, locked: amountText })),
  commissionRates: z.object({ maker: z.string(), taker: z.string() }).optional(),
});

/** One account of Binance spot over ccxt and its sockets; connects on first use. */
export function createCcxtExchange(options: CcxtExchangeOptions): Exchange {
  const venue = createVenue(options);
  const { client } = venue;
  client.options.recvWindow = options.recvWindow;
  const keys = accountKeys(client, options.keys);
  const market = marketReads(venue);
  const submitOptions = { ...SUBMIT, ...options.submit };

  const read = privateReads(venue, keys);
  let stream: Promise<Stream> | undefined;
  const account = () => read('account', async () => accountAnswer.parse(await client.privateGetAccount()));

  return {
    ...market,
    ...accountHistory(venue, read),
    submit: createSubmit(venue, keys, submitOptions, options),
    async rules(symbol) {
      const rules = await market.rules(symbol);
      const { commissionRates } = await account();
      if (!commissionRates) return rules;
      return { ...rules, takerFee: decimal(commissionRates.taker), makerFee: decimal(commissionRates.maker) };
    },
    async balances() {
      const { balances } = await account();
      return new Map(balances.map(({ asset, free, locked }): [string, Balance] => [asset, { free, locked }]));
    },
    async cancel(symbol, clientOrderId) {
      const marketId = await venue.marketId(symbol);
      await keys.ensure();
      const late = () => new ccxt.RequestTimeout(`no answer within ${submitOptions.timeoutMs} ms`);
      const sent = askNow(client, 'DELETE', 'order', { symbol: marketId, origClientOrderId: clientOrderId });
      try {
        const raw = await within(sent, submitOptions.timeoutMs, options.timers, late);
        return { outcome: 'cancelled', report: orderReport(symbol, raw) };
      } catch (failure) {
        return cancelFailure(failure);
      }
    },
    async stream(request, listener) {
      if (stream) throw new AresError('STREAM_OPEN', 'an exchange has one stream at a time: close the open one first');
      const opening = openStream(venue, keys, request, listener, { ...STREAM_POLICY, ...options.stream }, options);
      stream = opening;
      try {
        const { close } = await opening;
        return { close: () => close().finally(() => (stream = undefined)) };
      } catch (failure) {
        stream = undefined;
        throw failure;
      }
    },
    async close() {
      await (await stream)?.close();
      await client.close();
    },
  };
}

/** Reads that need the account's keys, loaded on first use. */
function privateReads(venue: Venue, keys: AccountKeys): Venue['read'] {
  return async (what, read) => {
    await keys.ensure();
    try {
      return await venue.read(what, read);
    } catch (failure) {
      keys.doubt(failure);
      throw failure;
    }
  };
}

/** What Binance says when the order to cancel is not open, or never was. */
const NOT_OPEN: ReadonlySet<string | undefined> = new Set(['-2011', '-2013']);

function cancelFailure(failure: unknown): CancelOutcome {
  if (failure instanceof ExchangeAnswer && NOT_OPEN.has(failure.facts.venueCode)) return { outcome: 'not_open' };
  if (failure instanceof AresError || failure instanceof z.ZodError || isNetworkFailure(failure)) {
    return { outcome: 'unknown', reason: withoutQuery(messageOf(failure)) };
  }
  throw failure;
}
