import { indexes, keys } from '../ledger-keys.ts';
import { linesOf, parseSlotId, type SlotId } from '../models/slot.ts';
import { listSlots } from '../models/slot-registry.ts';
import type { Item, LedgerReader } from '../ports/ledger.ts';
import { type OwnOrder, parseOwnOrder } from './own-order.ts';
import { parseAccount, type SlotAccount } from './slot-account.ts';

/** A line's books as the database has them. */
export interface StoredBooks {
  readonly account: SlotAccount;
  readonly accountVersion: number;
  /** Orders that are not known to have ended, without their fills. */
  readonly unsettled: readonly OwnOrder[];
  readonly orderVersions: ReadonlyMap<string, number>;
}

/** Another line whose money is in the same balance. */
export interface OtherLine {
  readonly line: SlotId;
  readonly books: StoredBooks;
}

const PAGE = 100;

/** A line's books, `undefined` when it has none yet. */
export async function readStoredBooks(ledger: LedgerReader, line: SlotId): Promise<StoredBooks | undefined> {
  const item = await ledger.get(keys.account(line));
  if (!item) return undefined;
  const unsettled: Item[] = [];
  let after: string | undefined;
  do {
    const { pk } = indexes.unsettledOrders(line);
    const page = await ledger.query({
      table: 'state',
      pk,
      by: 'index',
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    unsettled.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return {
    account: parseAccount(item.value),
    accountVersion: item.version,
    unsettled: unsettled.map((order) => parseOwnOrder(order.value)),
    orderVersions: new Map(unsettled.map((order) => [order.key.sk, order.version])),
  };
}

const quoteOf = (line: SlotId): string => (parseSlotId(line).symbols[0] as string).split('/')[1] as string;

/**
 * All other lines of the account that trade against the same quote currency and have books, whoever runs them.
 *
 * @param among the slots there are on the account; all that are known where absent
 */
export async function readOtherLines(
  ledger: LedgerReader,
  line: SlotId,
  among?: readonly SlotId[],
): Promise<readonly OtherLine[]> {
  const { account } = parseSlotId(line);
  const lines = (among ?? (await listSlots(ledger)))
    .flatMap(linesOf)
    .filter((other) => other !== line && parseSlotId(other).account === account && quoteOf(other) === quoteOf(line));
  const others: OtherLine[] = [];
  for (const other of new Set(lines)) {
    const books = await readStoredBooks(ledger, other);
    if (books) others.push({ line: other, books });
  }
  return others;
}

/** Text that is another one as soon as anything in these books is. */
export const fingerprintOf = (others: readonly OtherLine[]): string =>
  others
    .map(({ line, books }) => `${line} ${books.accountVersion} ${[...books.orderVersions].flat().join(' ')}`)
    .join('\n');
