import * as z from 'zod';
import { AresError } from '../../core/ares-error.ts';
import type { Exchange, OrderReport } from '../../core/ports/exchange.ts';
import { cancelName } from './cancel-name.ts';
import { historySince } from './history-since.ts';
import { fillOfTrade, orderCreatedAt, orderReport, venueId } from './order-shapes.ts';
import type { ReadGuard } from './read-guard.ts';
import type { Venue } from './venue.ts';

const rows = z.array(z.unknown());
const orderKey = z.object({ orderId: venueId });
const tradeKey = z.object({ id: venueId, time: z.number() });

/** An order that lived longer than this before it changed is not found by time, only among the open ones or by its id. */
const LONGEST_ORDER_LIFE_MS = 86_400_000;
const UNKNOWN_ORDER = '-2013';

/** Orders and trades of the account, past and open. */
export function accountHistory(
  venue: Venue,
  read: ReadGuard,
): Pick<Exchange, 'openOrders' | 'ordersSince' | 'fillsSince' | 'order'> {
  const { client } = venue;

  async function orderBy(
    symbol: string,
    id: { readonly origClientOrderId: string } | { readonly orderId: string },
  ): Promise<OrderReport | undefined> {
    const market = await venue.marketId(symbol);
    try {
      return await read(`order ${Object.values(id).join('')}`, async () =>
        orderReport(symbol, await client.privateGetOrder({ symbol: market, ...id })),
      );
    } catch (failure) {
      if (failure instanceof AresError && failure.data.venueCode === UNKNOWN_ORDER) return undefined;
      throw failure;
    }
  }

  return {
    async openOrders(symbol) {
      const market = await venue.marketId(symbol);
      return read(`open orders of ${symbol}`, async () =>
        rows.parse(await client.privateGetOpenOrders({ symbol: market })).map((raw) => orderReport(symbol, raw)),
      );
    },

    async ordersSince(symbol, since) {
      const market = await venue.marketId(symbol);
      const found = await historySince((page) => {
        const { fromId, ...rest } = { fromId: undefined, ...page };
        const request = { symbol: market, ...rest, ...(fromId === undefined ? {} : { orderId: fromId }) };
        return read(`orders of ${symbol}`, async () =>
          rows.parse(await client.privateGetAllOrders(request)).map((raw) => ({
            id: orderKey.parse(raw).orderId,
            createdAt: orderCreatedAt(raw),
            report: orderReport(symbol, raw),
          })),
        );
      }, since - LONGEST_ORDER_LIFE_MS);
      return found.map((row): OrderReport => row.report).filter((report) => report.updatedAt >= since);
    },

    async fillsSince(symbol, since) {
      const market = await venue.marketId(symbol);
      const found = await historySince(
        (page) =>
          read(`own trades of ${symbol}`, async () =>
            rows.parse(await client.privateGetMyTrades({ symbol: market, ...page })).map((raw) => {
              const { id, time } = tradeKey.parse(raw);
              return { id, createdAt: time, fill: fillOfTrade(symbol, raw) };
            }),
          ),
        since,
      );
      return found.map((row) => row.fill).filter((fill) => fill.executedAt >= since);
    },

    async order(symbol, clientOrderId, exchangeOrderId) {
      const found = await orderBy(symbol, { origClientOrderId: clientOrderId });
      if (found) return found;
      // Both orders of a pair go by the name of its cancel; only the exchange's ids say which is which.
      if (exchangeOrderId !== undefined) {
        const report = await orderBy(symbol, { orderId: exchangeOrderId });
        return report && { ...report, clientOrderId };
      }
      const cancelled = cancelName(clientOrderId);
      const report = cancelled === undefined ? undefined : await orderBy(symbol, { origClientOrderId: cancelled });
      return report?.clientOrderId === clientOrderId ? report : undefined;
    },
  };
}
