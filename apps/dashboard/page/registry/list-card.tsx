import type { ComponentChildren } from 'preact';
import { Card } from '../card.tsx';
import { ScrollRegion } from '../scroll-region.tsx';
import { FilterBox } from './filter-box.tsx';
import type { Search } from './mlflow.ts';
import { type Order, orderClause, orderText, parseOrder } from './order.ts';
import { PageEnd } from './page-end.tsx';
import { hrefOf, type Route } from './route.ts';
import { type Page, usePages } from './use-pages.ts';

type ListRoute = Extract<Route, { view: 'experiments' | 'models' }>;

/** What a list's heading needs to sort it. */
export interface Sorting {
  readonly order: Order;
  readonly onOrder: (next: Order) => void;
}

/**
 * A list of the registry with its filter and its order, both in the address, page by page.
 *
 * @param things what is listed, one and several, for the words around it
 * @param hint what to say instead of rows when nothing was filtered out
 */
export function ListCard<Item>({
  title,
  things,
  route,
  first,
  read,
  head,
  row,
  hint,
}: {
  readonly title: string;
  readonly things: readonly [one: string, several: string];
  readonly route: ListRoute;
  readonly first: string;
  readonly read: (search: Search, signal: AbortSignal) => Promise<Page<Item>>;
  readonly head: (sorting: Sorting) => ComponentChildren;
  readonly row: (item: Item) => ComponentChildren;
  readonly hint: (items: readonly Item[]) => ComponentChildren;
}) {
  const { filter } = route;
  const order = parseOrder(route.order || first);
  const go = (change: Partial<ListRoute>) => {
    location.hash = hrefOf({ ...route, ...change } as ListRoute);
  };
  const pages = usePages<Item>(`${filter}\n${orderText(order)}`, (token, signal) =>
    read({ filter, orderBy: [orderClause(order)], token }, signal),
  );
  const { items, reading, problem } = pages;
  const [one, several] = things;
  const settled = !reading && !problem;
  return (
    <Card title={title}>
      <FilterBox
        label={`Filter ${several}`}
        example="name ILIKE 'btc%'"
        filter={filter}
        problem={problem}
        onFilter={(next) => go({ filter: next })}
      />
      {items.length > 0 && (
        <ScrollRegion label={title} kind="page">
          <table class={reading ? 'stale' : ''}>
            <thead>
              <tr>{head({ order, onOrder: (next) => go({ order: orderText(next) }) })}</tr>
            </thead>
            <tbody>{items.map(row)}</tbody>
          </table>
        </ScrollRegion>
      )}
      <PageEnd pages={pages} things={things} />
      {settled && items.length === 0 && filter !== '' && <p class="empty">No {one} fits this filter.</p>}
      {settled && filter === '' && hint(items)}
    </Card>
  );
}
