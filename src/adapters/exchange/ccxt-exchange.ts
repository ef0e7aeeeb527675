import * as z from 'zod';
import { AresError } from '../../core/ares-error.ts';
import type { Balance, Exchange, Stream } from '../../core/ports/exchange.ts';
import type { ExchangeKeys } from '../../core/ports/secrets.ts';
import { decimal } from '../../core/trading/money.ts';
import { accountHistory } from './account-history.ts';
import { type AccountKeys, accountKeys } from './account-keys.ts';
import { accountTransfers } from './account-transfers.ts';
import { createCancel } from './cancel-order.ts';
import { openStream, STREAM_POLICY, type StreamPolicy } from './exchange-stream.ts';
import { marketCapabilities } from './market-capabilities.ts';
import { marketReads } from './market-reads.ts';
import { amountText } from './order-shapes.ts';
import { createRehearseOrder } from './rehearse-order.ts';
import { createReplace } from './replace-order.ts';
import { createSendOnce, type SubmitOptions } from './send-once.ts';
import { createSubmit } from './submit-order.ts';
import { createVenue, type Venue, type VenueOptions } from './venue.ts';

export interface CcxtExchangeOptions extends VenueOptions {
  readonly keys: () => Promise<ExchangeKeys>;
  /** How old a signed request may be when the exchange gets it, in milliseconds of wall time. */
  readonly recvWindow: number;
  readonly submit?: Partial<SubmitOptions>;
  readonly stream?: Partial<StreamPolicy>;
  /** Reads the market and touches no account: no keys are asked for, and the stream tells of the market alone. */
  readonly marketOnly?: boolean;
}

const SUBMIT: SubmitOptions = { via: 'websocket', timeoutMs: 5_000 };

const accountAnswer = z.object({
  balances: z.array(z.object({ asset: z.string(), free: amountText, locked: amountText })),
  commissionRates: z.object({ maker: z.string(), taker: z.string() }).optional(),
});

/** One account of Binance spot: reads over ccxt, orders and streams over sockets of its own; connects on first use. */
export function createCcxtExchange(options: CcxtExchangeOptions): Exchange {
  const venue = createVenue(options);
  const { client } = venue;
  const keys = accountKeys(venue, options.keys, options.recvWindow);
  const market = marketReads(venue);
  const submitOptions = { ...SUBMIT, ...options.submit };

  const read = privateReads(venue, keys);
  const transfers = accountTransfers(venue, read);
  const sendOnce = createSendOnce(venue, keys, submitOptions, options.timers);
  let stream: Promise<Stream> | undefined;
  const account = () => read('account', async () => accountAnswer.parse(await client.privateGetAccount()));

  return {
    ...market,
    ...accountHistory(venue, read),
    ...createSubmit(sendOnce, options.log),
    rehearse: createRehearseOrder(venue, keys, submitOptions),
    replace: createReplace(sendOnce),
    cancel: createCancel(sendOnce),
    transfersSince: (since) => transfers.since(since),
    async capabilities(symbol) {
      await venue.marketId(symbol);
      const socketOrders = submitOptions.via === 'websocket';
      return marketCapabilities(client.markets?.[symbol], {
        socketOrders,
        transfers: !options.marketOnly && (await transfers.available()),
      });
    },
    async rules(symbol) {
      const rules = await market.rules(symbol);
      if (options.marketOnly) return rules;
      const { commissionRates } = await account();
      if (!commissionRates) return rules;
      return { ...rules, takerFee: decimal(commissionRates.taker), makerFee: decimal(commissionRates.maker) };
    },
    async balances() {
      const { balances } = await account();
      return new Map(balances.map(({ asset, free, locked }): [string, Balance] => [asset, { free, locked }]));
    },
    async stream(request, listener) {
      if (stream) throw new AresError('STREAM_OPEN', 'an exchange has one stream at a time: close the open one first');
      const policy = { ...STREAM_POLICY, ...options.stream };
      const opening = openStream(venue, options.marketOnly ? undefined : keys, request, listener, policy, options);
      stream = opening;
      try {
        const { close } = await opening;
        return {
          close: () =>
            close().finally(() => {
              stream = undefined;
            }),
        };
      } catch (failure) {
        stream = undefined;
        throw failure;
      }
    },
    async close() {
      await (await stream)?.close();
      await venue.close();
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
