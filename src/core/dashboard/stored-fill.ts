import * as z from 'zod';
import { parseItem } from '../ledger/parse-item.ts';
import { epochMillis } from '../ports/clock.ts';
import type { Fill } from '../ports/exchange.ts';
import type { Item } from '../ports/ledger.ts';
import { decimal, price, quantity } from '../trading/money.ts';

const schema = z.object({
  clientOrderId: z.string(),
  exchangeOrderId: z.string(),
  symbol: z.string(),
  tradeId: z.string(),
  side: z.enum(['buy', 'sell']),
  price: z.string().transform((text) => price(text)),
  quantity: z.string().transform((text) => quantity(text)),
  fee: z.string().transform((text) => decimal(text)),
  feeAsset: z.string(),
  executedAt: z
    .number()
    .int()
    .transform((value) => epochMillis(value)),
});

/** A fill as the trader's journal wrote it. */
export type StoredFill = Fill & { readonly clientOrderId: string };

/** @throws AresError `LEDGER_ITEM_INVALID` */
export const parseFill = (item: Item): StoredFill => parseItem(item, schema);
