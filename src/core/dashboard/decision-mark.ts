import * as z from 'zod';
import { parseItem } from '../ledger/parse-item.ts';
import { epochMillis } from '../ports/clock.ts';
import type { Item } from '../ports/ledger.ts';

const schema = z.object({
  barClose: z
    .number()
    .int()
    .transform((value) => epochMillis(value)),
  close: z.number(),
  runId: z.string().nullable(),
  probability: z.number().nullable(),
  signal: z.enum(['long', 'flat', 'hold']).nullable(),
  action: z.enum(['order', 'none', 'refused']),
  reason: z.string(),
  clientOrderId: z.string().nullable(),
});

/** What the page needs of a decision: the bar's close, who decided, and what came of it. */
export type DecisionMark = z.infer<typeof schema>;

/** @throws AresError `LEDGER_ITEM_INVALID` */
export const parseDecisionMark = (item: Item): DecisionMark => parseItem(item, schema);
