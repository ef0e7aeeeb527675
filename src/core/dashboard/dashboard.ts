import type { Candle } from '../market-data/candle.ts';
import type { AuditState } from './audit-watch.ts';
import type { EquityPoint } from './equity-curve.ts';
import type { EventRow } from './event-row.ts';
import type { HealthView } from './health-view.ts';
import { applyListChange, type ListChange, listChange } from './list-change.ts';
import { type AuditRow, mergeAuditRows } from './merge-audit-rows.ts';
import type { ModelRow } from './model-row.ts';
import type { ModelSwap } from './model-swap.ts';
import type { Overview } from './overview.ts';
import type { TradeRow } from './trade-row.ts';

/** What is sent whole whenever any of it changes. */
export interface DashboardFacts {
  readonly overview: Overview;
  readonly health: HealthView;
  readonly auditState: AuditState;
  readonly models: readonly ModelRow[];
  readonly swaps: readonly ModelSwap[];
  /** Why there are no candles, or none newer. */
  readonly marketProblem: string | null;
}

/** What grows: only what is new is sent. Candles, trades and equity are oldest first, events and audit newest first. */
export interface DashboardLists {
  readonly candles: readonly Candle[];
  readonly trades: readonly TradeRow[];
  readonly equity: readonly EquityPoint[];
  readonly events: readonly EventRow[];
  readonly audit: readonly AuditRow[];
}

/** Everything the page shows. */
export type Dashboard = DashboardFacts & DashboardLists;

export interface DashboardChange {
  readonly facts: Partial<DashboardFacts>;
  readonly lists: { readonly [L in keyof DashboardLists]?: ListChange<DashboardLists[L][number]> };
}

/** What the stream says: everything first, then changes; `trouble` while something cannot be read. */
export type DashboardMessage =
  | { readonly kind: 'snapshot'; readonly dashboard: Dashboard }
  | { readonly kind: 'change'; readonly change: DashboardChange }
  | { readonly kind: 'trouble'; readonly message: string };

const factNames = [
  'overview',
  'health',
  'auditState',
  'models',
  'swaps',
  'marketProblem',
] as const satisfies readonly (keyof DashboardFacts)[];

interface ListRule<T> {
  keyOf(item: T): string;
  order(items: readonly T[]): readonly T[];
}

const by =
  <T>(compare: (a: T, b: T) => number) =>
  (items: readonly T[]): readonly T[] =>
    items.toSorted(compare);

const rules: { readonly [L in keyof DashboardLists]: ListRule<DashboardLists[L][number]> } = {
  candles: { keyOf: (candle) => String(candle.openTime), order: by((a, b) => a.openTime - b.openTime) },
  trades: {
    keyOf: (trade) => trade.clientOrderId,
    order: by((a, b) => a.at - b.at || (a.clientOrderId < b.clientOrderId ? -1 : 1)),
  },
  equity: { keyOf: (point) => String(point.at), order: by((a, b) => a.at - b.at) },
  events: { keyOf: (event) => String(event.position), order: by((a, b) => b.position - a.position) },
  audit: { keyOf: (entry) => entry.id, order: mergeAuditRows },
};

const listNames = Object.keys(rules) as readonly (keyof DashboardLists)[];

/** What has changed from one reading to the next, `undefined` when nothing has. */
export function dashboardChange(before: Dashboard, after: Dashboard): DashboardChange | undefined {
  const facts: Record<string, unknown> = {};
  for (const name of factNames) {
    if (JSON.stringify(before[name]) !== JSON.stringify(after[name])) facts[name] = after[name];
  }
  const lists: Record<string, unknown> = {};
  for (const name of listNames) {
    const change = changeOf(name, before, after);
    if (change) lists[name] = change;
  }
  if (Object.keys(facts).length === 0 && Object.keys(lists).length === 0) return undefined;
  return { facts, lists };
}

function changeOf<L extends keyof DashboardLists>(
  name: L,
  before: Dashboard,
  after: Dashboard,
): ListChange<DashboardLists[L][number]> | undefined {
  return listChange<DashboardLists[L][number]>(before[name], after[name], rules[name].keyOf);
}

/** The dashboard after a change; lists that did not change stay the same arrays. */
export function applyDashboardChange(before: Dashboard, { facts, lists }: DashboardChange): Dashboard {
  const changed: Record<string, unknown> = {};
  for (const name of listNames) {
    const change = lists[name];
    if (change) changed[name] = applied(name, before, change as ListChange<never>);
  }
  return { ...before, ...facts, ...changed };
}

function applied<L extends keyof DashboardLists>(
  name: L,
  before: Dashboard,
  change: ListChange<DashboardLists[L][number]>,
): readonly DashboardLists[L][number][] {
  const { keyOf, order } = rules[name];
  return applyListChange<DashboardLists[L][number]>(before[name], change, keyOf, order);
}
