import * as z from 'zod';
import { AresError } from '../ares-error.ts';
import type { Item } from '../ports/ledger.ts';

/**
 * An item's value as its schema says.
 *
 * @param what it is, for the person who reads the error
 * @throws AresError `LEDGER_ITEM_INVALID` naming the item and what is wrong with it
 */
export function parseItem<S extends z.ZodType>(item: Item, schema: S, what = 'item'): z.infer<S> {
  const parsed = schema.safeParse(item.value);
  if (parsed.success) return parsed.data;
  const { pk, sk } = item.key;
  throw new AresError('LEDGER_ITEM_INVALID', `${what} ${pk}/${sk}: ${z.prettifyError(parsed.error)}`, { pk, sk });
}
