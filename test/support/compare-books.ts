import { queryAudit } from '../../src/core/audit/query-audit.ts';
import { verifyAudit } from '../../src/core/audit/verify-audit.ts';
import { indexes, keys } from '../../src/core/ledger-keys.ts';
import { listModels } from '../../src/core/models/read-models.ts';
import { parseSlotId, type SlotId } from '../../src/core/models/slot.ts';
import type { EventLog } from '../../src/core/ports/event-log.ts';
import type { Item, Ledger, Query } from '../../src/core/ports/ledger.ts';
import { readDeployment } from '../../src/core/promotion/deployment.ts';
import { parseClientOrderId } from '../../src/core/trading/client-order-id.ts';
import { decimal, ZERO } from '../../src/core/trading/money.ts';
import { parseAccount } from '../../src/core/trading/slot-account.ts';
import type { BooksOfExchange } from './exchange-process.ts';

interface OwnBooks {
  readonly slot: SlotId;
  readonly ledger: Ledger;
  readonly eventLog: EventLog;
}

/** Rests untouched: an order that neither of the two books has anything to settle of. */
const rests = ({ status, filled }: { readonly status: string; readonly filled: string }): boolean =>
  status === 'new' && decimal(filled).eq(0);

/** Orders of the slot that are in one of the two books and not settled in the other; those that rest on the exchange are settled in neither. */
export async function unsettledOrders({ slot, ledger }: OwnBooks, exchange: BooksOfExchange): Promise<string[]> {
  const orders = new Map((await readAll(ledger, keys.order(slot, ''))).map((item) => [item.key.sk, item.value]));
  const waiting = await ledger.query({ table: 'state', ...indexes.unsettledOrders(slot), by: 'index', limit: 100 });
  const own = ownOrders(slot, exchange);
  const theirs = own.filter((order) => !rests(order) && orders.get(order.clientOrderId)?.settled !== true);
  const resting = new Set(own.filter(rests).map(({ clientOrderId }) => clientOrderId));
  const ours = waiting.items.map((item) => item.key.sk).filter((id) => !resting.has(id));
  return [...ours, ...theirs.map((order) => order.clientOrderId)];
}

/** Everything in which our books, audit and events differ from the exchange's books or from each other; empty when nothing was lost or doubled. */
export async function differencesFromExchange(own: OwnBooks, exchange: BooksOfExchange): Promise<string[]> {
  const { slot, ledger } = own;
  const differences: string[] = [];
  const check = (holds: boolean, difference: string): void => {
    if (!holds) differences.push(difference);
  };
  for (const id of await unsettledOrders(own, exchange)) check(false, `order ${id} is not settled in the ledger`);

  const theirs = ownOrders(slot, exchange);
  const ids = theirs.map((order) => order.clientOrderId);
  for (const id of repeated(ids)) check(false, `order ${id} is on the exchange more than once`);
  const legs = theirs.flatMap(({ clientOrderId }) => {
    const name = parseClientOrderId(slot, clientOrderId);
    // Protection is placed again whenever what it protects changes.
    const isDecision = name?.leg === 'entry' || name?.leg === 'exit';
    return isDecision ? [`${name.leg} of the bar closing at ${name.barClose}`] : [];
  });
  for (const leg of repeated(legs)) check(false, `there is more than one ${leg}`);

  const orders = await readAll(ledger, keys.order(slot, ''));
  for (const { key, value } of orders) {
    const placed = theirs.find((order) => order.clientOrderId === key.sk);
    if (placed && rests(placed)) {
      check(value.settled === false, `order ${key.sk} rests on the exchange, is settled in the ledger`);
    } else if (placed) {
      check(
        value.state === placed.status,
        `order ${key.sk} is ${placed.status} on the exchange, ${value.state} in the ledger`,
      );
      check(
        same(value.filled, placed.filled),
        `order ${key.sk} is filled ${placed.filled} on the exchange, ${value.filled} in the ledger`,
      );
    } else
      check(value.state === 'rejected', `order ${key.sk} is ${value.state} in the ledger, and not on the exchange`);
  }

  const filled = ids.filter((id) => exchange.trades.some((trade) => trade.clientOrderId === id));
  differences.push(...(await fillDifferences(own, exchange, new Set(ids))));
  differences.push(...(await accountDifferences(own, exchange, filled.length)));
  differences.push(...(await recordDifferences(own, filled)));
  differences.push(...(await modelDifferences(own)));
  const audit = await verifyAudit(ledger);
  check(audit.valid, `the audit trail is broken: ${JSON.stringify(audit)}`);
  return differences;
}

const ownOrders = (slot: SlotId, { orders }: BooksOfExchange) =>
  orders.filter(({ clientOrderId }) => parseClientOrderId(slot, clientOrderId) !== undefined);

async function fillDifferences(
  { slot, ledger }: OwnBooks,
  exchange: BooksOfExchange,
  ids: ReadonlySet<string>,
): Promise<string[]> {
  const line = (trade: Record<string, unknown>) =>
    [
      trade.clientOrderId,
      trade.side,
      decimal(String(trade.price)),
      decimal(String(trade.quantity)),
      decimal(String(trade.fee)),
      trade.feeAsset,
    ].join(' ');
  const theirs = exchange.trades
    .filter((trade) => ids.has(trade.clientOrderId))
    .map((trade) => `${trade.id}: ${line(trade)} at ${trade.at}`);
  const ours = (await readAll(ledger, keys.fill(slot, 0, ''))).map(
    ({ value }) => `${value.tradeId}: ${line(value)} at ${value.executedAt}`,
  );
  return [
    ...repeated(ours).map((fill) => `fill ${fill} is in the ledger more than once`),
    ...theirs
      .filter((fill) => !ours.includes(fill))
      .map((fill) => `fill ${fill} is on the exchange and not in the ledger`),
    ...ours
      .filter((fill) => !theirs.includes(fill))
      .map((fill) => `fill ${fill} is in the ledger and not on the exchange`),
  ];
}

async function accountDifferences(
  { slot, ledger }: OwnBooks,
  exchange: BooksOfExchange,
  filled: number,
): Promise<string[]> {
  const item = await ledger.get(keys.account(slot));
  if (!item) return filled === 0 ? [] : ['there are fills and no account'];
  const account = parseAccount(item.value);
  const [base, quote] = (parseSlotId(slot).symbols[0] as string).split('/') as [string, string];
  const held = (asset: string) => {
    const balance = exchange.balances[asset];
    return balance ? decimal(balance.free).plus(balance.locked) : ZERO;
  };
  const expectedBase = account.baseline.base.plus(account.position.quantity);
  const expectedQuote = account.baseline.quote.plus(account.quoteFlow);
  return [
    ...(held(base).eq(expectedBase) ? [] : [`the exchange holds ${held(base)} ${base}, the books say ${expectedBase}`]),
    ...(held(quote).eq(expectedQuote)
      ? []
      : [`the exchange holds ${held(quote)} ${quote}, the books say ${expectedQuote}`]),
    ...(account.trades === filled ? [] : [`${filled} orders were filled, the account counts ${account.trades}`]),
  ];
}

/** Each filled order has its audit entry and its event, once, and nothing else has. */
async function recordDifferences({ ledger, eventLog }: OwnBooks, filled: readonly string[]): Promise<string[]> {
  const entries: string[] = [];
  for (let after: string | undefined, more = true; more; more = after !== undefined) {
    const page = await queryAudit(ledger, {
      stream: 'trading',
      eventType: 'TradeExecuted',
      limit: 1_000,
      ...(after ? { after } : {}),
    });
    entries.push(...page.entries.map((entry) => String(entry.details.clientOrderId)));
    after = page.next;
  }
  const events: string[] = [];
  for (let before: number | undefined; ; ) {
    const page = await eventLog.recent({ limit: 1_000, ...(before === undefined ? {} : { before }) });
    for (const { event } of page)
      if (event.detailType === 'TradeExecuted')
        events.push(String((event.detail.data as { clientOrderId?: unknown }).clientOrderId));
    before = page.at(-1)?.position;
    if (page.length < 1_000) break;
  }
  const compare = (what: string, found: readonly string[]): string[] => [
    ...repeated(found).map((id) => `order ${id} has more than one ${what}`),
    ...filled.filter((id) => !found.includes(id)).map((id) => `order ${id} was filled and has no ${what}`),
    ...found.filter((id) => !filled.includes(id)).map((id) => `order ${id} has a ${what} and was not filled`),
  ];
  return [...compare('audit entry', entries), ...compare('event', events)];
}

async function modelDifferences({ slot, ledger }: OwnBooks): Promise<string[]> {
  const { championRunId } = await readDeployment(ledger, slot);
  const { models } = await listModels(ledger, { slot, state: 'production', limit: 10 });
  const inProduction = models.map((model) => model.runId).join(', ');
  return inProduction === (championRunId ?? '')
    ? []
    : [`the champion is ${championRunId}, in production is ${inProduction || 'none'}`];
}

const same = (a: unknown, b: unknown): boolean => decimal(String(a)).eq(decimal(String(b)));

const repeated = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, i) => values.indexOf(value) !== i)),
];

async function readAll(ledger: Ledger, { table, pk }: Pick<Query, 'table' | 'pk'>): Promise<Item[]> {
  const items: Item[] = [];
  for (let after: string | undefined, more = true; more; more = after !== undefined) {
    const page = await ledger.query({ table, pk, limit: 1_000, ...(after ? { after } : {}) });
    items.push(...page.items);
    after = page.next;
  }
  return items;
}
