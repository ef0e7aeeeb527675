import { AresError } from '../ares-error.ts';
import { keys } from '../ledger-keys.ts';
import { parseSlotId } from '../models/slot.ts';
import { epochMillis } from '../ports/clock.ts';
import type { Exchange } from '../ports/exchange.ts';
import type { Write } from '../ports/ledger.ts';
import { readAccountTotals } from './account-totals.ts';
import { parseClientOrderId } from './client-order-id.ts';
import { exchangeNow } from './exchange-now.ts';
import { ZERO } from './money.ts';
import type { RecoverOptions, RecoverPorts } from './recover-options.ts';
import { accountToJson, openAccount } from './slot-account.ts';
import { readStoredBooks, type StoredBooks } from './stored-books.ts';
import { absorbTransfers, readOpenTransfers } from './transfers.ts';

export type OpenOptions = Omit<RecoverOptions, 'limits'>;

/** Lines of one account that open at once, or trade meanwhile, make each other try again. */
const ATTEMPTS = 12;
const PAUSE_MS = 250;

/**
 * Reads a line's books, opening them when this is the line's first start: with what the account holds of its base currency, and with what no other
 * line's books claim of its quote currency.
 *
 * @throws AresError `BOOKS_MISSING` when the exchange knows orders of this line but the database has no books; `FENCED` when the lease is lost; `BOOKS_BUSY` when other lines of the account never stand still
 */
export async function readBooks(options: OpenOptions, ports: RecoverPorts): Promise<StoredBooks> {
  const stored = await readStoredBooks(ports.ledger, options.slot);
  if (stored) return stored;
  await refuseLostBooks(options, ports.exchange);
  let reason = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (attempt > 1) await ports.timers.sleep(PAUSE_MS * attempt);
    const opened = await open(options, ports);
    if (typeof opened !== 'string') return opened;
    reason = opened;
  }
  throw new AresError(
    'BOOKS_BUSY',
    `the account of ${options.slot} must stand still for a moment while its books are opened, did not: ${reason}`,
    { slot: options.slot },
  );
}

async function refuseLostBooks({ slot, rules }: OpenOptions, exchange: Exchange): Promise<void> {
  const orders = await exchange.ordersSince(rules.symbol, epochMillis(0));
  const own = orders.filter((order) => parseClientOrderId(slot, order.clientOrderId));
  if (own.length === 0) return;
  throw new AresError(
    'BOOKS_MISSING',
    `the database must know the ${own.length} orders the exchange has of ${slot}, but has no books for it: restore its backup`,
    { slot },
  );
}

/** The books, or why they could not be opened now. */
async function open(options: OpenOptions, ports: RecoverPorts): Promise<StoredBooks | string> {
  const { slot, rules, budget, guard, accountSlots } = options;
  const { exchange, ledger } = ports;
  const openings = keys.accountOpenings(parseSlotId(slot).account);
  const counted = await ledger.get(openings);
  const bookedTransfers = new Set<string>();
  const since = await exchangeNow(slot, exchange);
  // Only those listed before the balances were read are certainly in them.
  const { free } = await readOpenTransfers({ line: slot, rules, since }, bookedTransfers, ports);
  const nothing = openAccount({ base: ZERO, quote: ZERO }, budget);
  const own = () => ({ account: nothing, revision: 0 });
  const totals = await readAccountTotals({ line: slot, rules, own, since, bookedTransfers, accountSlots }, ports);
  if (totals.outcome === 'inconclusive') return totals.reason;
  const account = openAccount({ base: totals.base, quote: totals.quote.minus(totals.quoteOfOthers) }, budget);
  if (!(await absorbTransfers(slot, { mine: [], free }, guard, ledger))) return 'another line took a transfer';
  const fence = guard();
  const writes: Write[] = [
    fence,
    { kind: 'put', key: openings, expected: counted?.version ?? 'absent', value: { newest: slot } },
    { kind: 'put', key: keys.account(slot), expected: 'absent', value: accountToJson(account) },
  ];
  const outcome = await ledger.commit({
    token: `open-account:${slot}:${options.sessionId}:${counted?.version ?? 0}`,
    writes,
    audit: [
      {
        stream: 'trading',
        timestamp: options.startedAt,
        eventType: 'AccountOpened',
        user: 'trader',
        action: 'open',
        sessionId: options.sessionId,
        details: { slot, base: account.baseline.base.toFixed(), quote: account.baseline.quote.toFixed() },
      },
    ],
    events: [],
  });
  if (outcome.outcome === 'committed') return { account, accountVersion: 1, unsettled: [], orderVersions: new Map() };
  if (outcome.keys.some(({ sk, pk }) => sk === fence.key.sk && pk === fence.key.pk))
    throw new AresError('FENCED', `the trader must own ${slot} to open its books`, { slot });
  return 'another line of the account was opened meanwhile';
}
