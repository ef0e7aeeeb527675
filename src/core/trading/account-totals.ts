import { parseSlotId, type SlotId } from '../models/slot.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { Exchange, MarketRules, OrderReport, Transfer } from '../ports/exchange.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { type Decimal, ZERO } from './money.ts';
import { bookFills, type SlotAccount } from './slot-account.ts';
import { fingerprintOf, type OtherLine, readOtherLines } from './stored-books.ts';
import { type OpenTransfers, readOpenTransfers } from './transfers.ts';

/** A line's books with the fills of its open orders, and a number that changes whenever they or its orders do. */
export interface OwnBooks {
  readonly account: SlotAccount;
  readonly revision: number;
}

export type AccountTotals =
  | {
      readonly outcome: 'read';
      readonly account: SlotAccount;
      /** Free and locked, of the line's base currency. */
      readonly base: Decimal;
      /** Free and locked, of the quote currency that all lines of the account share. */
      readonly quote: Decimal;
      /** What the books of the other lines say is theirs of it, deposits and withdrawals included that they are about to book. */
      readonly quoteOfOthers: Decimal;
      readonly transfers: OpenTransfers;
    }
  /** Something changed while it was read: nothing is known. */
  | { readonly outcome: 'inconclusive'; readonly reason: string };

export interface TotalsPorts {
  readonly exchange: Pick<Exchange, 'balances' | 'transfersSince' | 'order' | 'fillsSince'>;
  readonly ledger: LedgerReader;
}

export interface TotalsOf {
  readonly line: SlotId;
  readonly rules: Pick<MarketRules, 'base' | 'quote'>;
  /** The slots there are on the account, where not all that the database knows are. */
  readonly accountSlots?: readonly SlotId[] | undefined;
  /** Asked before and after the balances are read. */
  readonly own: () => OwnBooks;
  /** Deposits and withdrawals before this are known. */
  readonly since: EpochMillis;
  /** Deposits and withdrawals known to be booked; grows. */
  readonly bookedTransfers: Set<string>;
}

const NO_TRANSFERS: OpenTransfers = { mine: [], free: [], ofOthers: [] };

/**
 * Reads what the account holds of a line's two currencies and what other lines' books say of it, at one moment: when anything changed between first and last read, nothing is said.
 *
 * @param options without `transfers` none are looked for: exchanges make that question expensive
 * @throws whatever a read throws: what cannot be read is not known
 */
export async function readAccountTotals(
  of: TotalsOf,
  ports: TotalsPorts,
  { transfers: wantsTransfers }: { readonly transfers: boolean } = { transfers: true },
): Promise<AccountTotals> {
  const others = await readOtherLines(ports.ledger, of.line, of.accountSlots);
  const reportsBefore = await openOrdersOf(others, ports);
  const before = of.own();
  const balances = await ports.exchange.balances();
  const transfers = wantsTransfers ? await readOpenTransfers(of, of.bookedTransfers, ports) : NO_TRANSFERS;
  const { account, revision } = of.own();
  if (revision !== before.revision) return inconclusive('the line traded meanwhile');
  if (others.length > 0) {
    const reportsAfter = await openOrdersOf(others, ports);
    const now = await readOtherLines(ports.ledger, of.line, of.accountSlots);
    if (fingerprintOf(now) !== fingerprintOf(others))
      return inconclusive('another line of the account traded meanwhile');
    if ([...reportsAfter].some(([id, report]) => !report.filled.eq(reportsBefore.get(id)?.filled ?? ZERO)))
      return inconclusive('an order of another line of the account was filled meanwhile');
  }
  let quoteOfOthers = sumOf(of.rules.quote, transfers.ofOthers);
  for (const other of others) {
    const effective = await withOpenFills(other, reportsBefore, ports);
    if (!effective) return inconclusive(`fills of ${other.line} are not all there yet`);
    quoteOfOthers = quoteOfOthers.plus(effective.baseline.quote).plus(effective.quoteFlow);
  }
  const total = (asset: string): Decimal => {
    const balance = balances.get(asset);
    return balance ? balance.free.plus(balance.locked) : ZERO;
  };
  const { base, quote } = of.rules;
  return { outcome: 'read', account, base: total(base), quote: total(quote), quoteOfOthers, transfers };
}

/** All that came of an asset less all that went. */
export const sumOf = (asset: string, transfers: readonly Transfer[]): Decimal =>
  transfers.reduce((sum, transfer) => (transfer.asset === asset ? sum.plus(transfer.amount) : sum), ZERO);

const inconclusive = (reason: string): AccountTotals => ({ outcome: 'inconclusive', reason });

const symbolOf = (line: SlotId): string => parseSlotId(line).symbols[0] as string;

/** What the exchange says of the open orders of other lines, by client id; those it does not know have moved nothing. */
async function openOrdersOf(
  others: readonly OtherLine[],
  ports: TotalsPorts,
): Promise<ReadonlyMap<string, OrderReport>> {
  const reports = new Map<string, OrderReport>();
  for (const { line, books } of others) {
    for (const { clientOrderId: id } of books.unsettled) {
      const report = await ports.exchange.order(symbolOf(line), id);
      if (report) reports.set(id, report);
    }
  }
  return reports;
}

/** Bar closes are the market's times, and a bar's order is filled after it; some room for clocks that differ. */
const LOOK_BACK_MS = 60_000;

/** Another line's books with the fills of its open orders, `undefined` while the exchange does not list them all. */
async function withOpenFills(
  { line, books }: OtherLine,
  reports: ReadonlyMap<string, OrderReport>,
  ports: TotalsPorts,
): Promise<SlotAccount | undefined> {
  const moving = books.unsettled.filter((order) => reports.get(order.clientOrderId)?.filled.gt(ZERO));
  if (moving.length === 0) return books.account;
  const symbol = symbolOf(line);
  const [base, quote] = symbol.split('/') as [string, string];
  const since = epochMillis(Math.max(0, Math.min(...moving.map((order) => order.barClose)) - LOOK_BACK_MS));
  const fills = await ports.exchange.fillsSince(symbol, since);
  let { account } = books;
  for (const { clientOrderId } of moving) {
    const report = reports.get(clientOrderId) as OrderReport;
    const own = fills.filter((fill) => fill.exchangeOrderId === report.exchangeOrderId);
    const sum = own.reduce((total, fill) => total.plus(fill.quantity), ZERO);
    if (!sum.eq(report.filled)) return undefined;
    account = bookFills(account, own, { base, quote }).account;
  }
  return account;
}
