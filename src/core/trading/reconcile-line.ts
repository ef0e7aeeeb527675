import { keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { Exchange, MarketRules, OrderReport, Transfer } from '../ports/exchange.ts';
import type { Ledger, Write } from '../ports/ledger.ts';
import { checkBalances, differenceText } from './check-balances.ts';
import type { EngineMessage } from './engine-message.ts';
import type { EngineSnapshot } from './engine-options.ts';
import { doubledText, type ExchangeFacts, notAccepted, readExchangeFacts, reusedId } from './exchange-facts.ts';
import { exchangeNow } from './exchange-now.ts';
import { isFinal, isUnheard, stateOfStatus } from './order-lifecycle.ts';
import { filledByFills, type OwnOrder } from './own-order.ts';
import { claimTransfers } from './transfers.ts';

export interface ReconcileOptions {
  readonly line: SlotId;
  readonly rules: MarketRules;
  readonly barMillis: number;
  readonly guard: () => Write;
  readonly accountSlots?: readonly SlotId[] | undefined;
}

export interface ReconcilePorts {
  readonly engine: { snapshot(): EngineSnapshot };
  readonly exchange: Exchange;
  readonly ledger: Ledger;
}

/** What a line's reconciliations remember of each other. */
export interface ReconcileMemory {
  /** The exchange's time of the last reconciliation that found books and exchange equal. */
  since: EpochMillis;
  /** Own orders that have ended and are in the books. */
  readonly ended: Set<string>;
  /** Deposits and withdrawals that are in the books, or were handed to the engine. */
  readonly bookedTransfers: Set<string>;
  readonly foreign: Set<string>;
}

export const newReconcileMemory = (since: EpochMillis): ReconcileMemory => ({
  since,
  ended: new Set(),
  bookedTransfers: new Set(),
  foreign: new Set(),
});

export type Reconciliation = (
  | { readonly outcome: 'match' }
  /** Something changed while it was read: nothing is known, and nothing is wrong. */
  | { readonly outcome: 'inconclusive'; readonly reason: string }
  /** The exchange said something that never arrived, or money came or went: the engine is to be told, and then it may match. */
  | { readonly outcome: 'news'; readonly messages: readonly EngineMessage[] }
  | { readonly outcome: 'mismatch'; readonly findings: readonly string[] }
) & {
  /** Resting orders of others that were not seen before. */
  readonly newForeign: readonly OrderReport[];
};

/**
 * Compares orders, fills, position and balances of a line that trades with what the exchange says, while it goes on trading: when anything of the line
 * changed between the first and the last read, nothing is said.
 *
 * @param receivedAt monotonic milliseconds, for what the engine is to be told
 * @throws whatever a read throws: what cannot be read is never "equal"
 */
export async function reconcileLine(
  options: ReconcileOptions,
  memory: ReconcileMemory,
  receivedAt: () => number,
  ports: ReconcilePorts,
): Promise<Reconciliation> {
  const { line, rules, accountSlots } = options;
  const before = ports.engine.snapshot();
  const now = await exchangeNow(line, ports.exchange);
  // What happened before the last look was equal then; of an order that is open, all is compared.
  const oldest = Math.min(memory.since, ...before.openOrders.map((order) => order.barClose));
  const since = epochMillis(Math.max(0, oldest - 2 * options.barMillis));
  const facts = await readExchangeFacts(line, rules.symbol, since, ports.exchange);
  const newForeign = facts.foreign.filter(({ exchangeOrderId }) => !memory.foreign.has(exchangeOrderId));
  for (const { exchangeOrderId } of newForeign) memory.foreign.add(exchangeOrderId);
  const orders = await compareOrders(before.openOrders, facts, options, memory, receivedAt, ports);
  const own = () => ports.engine.snapshot();
  const { bookedTransfers } = memory;
  const balances = await checkBalances({ line, rules, own, since: memory.since, bookedTransfers, accountSlots }, ports);
  if (ports.engine.snapshot().revision !== before.revision)
    return { outcome: 'inconclusive', reason: 'the line traded meanwhile', newForeign };
  if (orders.messages.length > 0) return { outcome: 'news', messages: orders.messages, newForeign };
  if (orders.unheard) return { outcome: 'inconclusive', reason: orders.unheard, newForeign };
  if (balances.outcome === 'inconclusive') return { ...balances, newForeign };
  const differences = balances.outcome === 'mismatch' ? balances.differences.map(differenceText) : [];
  const findings = [...orders.findings, ...differences];
  if (findings.length > 0) return { outcome: 'mismatch', findings, newForeign };
  if (balances.outcome === 'transfers') {
    if (!(await claimTransfers(line, balances.free, options.guard, ports.ledger)))
      return { outcome: 'inconclusive', reason: 'another line took a transfer', newForeign };
    const transfers: readonly Transfer[] = [...balances.mine, ...balances.free];
    // Until the engine has booked them the ledger does not know; handed over twice they would be booked twice.
    for (const { id } of transfers) bookedTransfers.add(id);
    return { outcome: 'news', messages: [{ kind: 'transfers', transfers }], newForeign };
  }
  memory.since = now;
  return { outcome: 'match', newForeign };
}

interface OrderComparison {
  readonly messages: readonly EngineMessage[];
  readonly findings: readonly string[];
  /** An order that nothing has been heard of yet: it is being asked for. */
  readonly unheard: string | undefined;
}

async function compareOrders(
  open: readonly OwnOrder[],
  facts: ExchangeFacts,
  options: ReconcileOptions,
  memory: ReconcileMemory,
  receivedAt: () => number,
  ports: ReconcilePorts,
): Promise<OrderComparison> {
  const { line, rules } = options;
  const messages: EngineMessage[] = [];
  const findings = (await notAccepted(line, facts.doubled, ports.ledger)).map(doubledText);
  let unheard: string | undefined;
  for (const order of open) {
    const id = order.clientOrderId;
    const report =
      facts.own.get(id) ?? (await ports.exchange.order(rules.symbol, id, order.exchangeOrderId ?? undefined));
    if (report) messages.push(...newsOf(order, report, facts, receivedAt));
    // Its desk is asking for it, and gives up only when it can no longer arrive.
    else if (isUnheard(order.state)) unheard = `order ${id} is ${order.state}`;
    else findings.push(`order ${id} is ${order.state} and must be known to the exchange, was not`);
  }
  const isOpen = new Set(open.map((order) => order.clientOrderId));
  for (const [id, report] of facts.own) {
    if (isOpen.has(id) || memory.ended.has(id)) continue;
    const stored = await ports.ledger.get(keys.order(line, id));
    const again = stored && reusedId(stored.value, report);
    if (again && (await notAccepted(line, [again], ports.ledger)).length > 0) findings.push(doubledText(again));
    else if (stored?.value.settled === true) memory.ended.add(id);
    else if (!isFinal(stateOfStatus(report.status)))
      findings.push(`order ${id} rests on the exchange and is in no books`);
    else if (report.filled.gt(0)) findings.push(`order ${id} has traded ${report.filled.toFixed()} and is in no books`);
  }
  return { messages, findings, unheard };
}

/** What the exchange says of an order and its engine has not heard. */
function newsOf(
  order: OwnOrder,
  report: OrderReport,
  { fills }: ExchangeFacts,
  receivedAt: () => number,
): readonly EngineMessage[] {
  const missing = fills.filter(
    (fill) => fill.exchangeOrderId === report.exchangeOrderId && !order.fills.has(fill.tradeId),
  );
  const isBehind =
    isUnheard(order.state) || report.filled.gt(filledByFills(order)) || isFinal(stateOfStatus(report.status));
  return [
    ...missing.map(
      (fill): EngineMessage => ({
        kind: 'fill',
        fill: { ...fill, clientOrderId: order.clientOrderId },
        receivedAt: receivedAt(),
      }),
    ),
    ...(isBehind || missing.length > 0
      ? [{ kind: 'order', report, receivedAt: receivedAt() } satisfies EngineMessage]
      : []),
  ];
}
