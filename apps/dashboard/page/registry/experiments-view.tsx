import { Card } from '../card.tsx';
import { minute } from '../format.ts';
import { ScrollRegion } from '../scroll-region.tsx';
import { BeginHint } from './begin-hint.tsx';
import { FilterBox } from './filter-box.tsx';
import { links } from './links.ts';
import { mlflow } from './mlflow.ts';
import type { Experiment } from './mlflow-types.ts';
import { type Order, orderClause, orderText, parseOrder } from './order.ts';
import { PageEnd } from './page-end.tsx';
import { hrefOf, type Route } from './route.ts';
import { ownTags } from './run-facts.ts';
import { SortHeading } from './sort-heading.tsx';
import { usePages } from './use-pages.ts';

const FIRST = '-last_update_time';
/** The experiments that exist before anybody makes one. */
const OWN: readonly string[] = ['0', '1'];

function Row({ experiment }: { readonly experiment: Experiment }) {
  const { experiment_id: id, name, creation_time: created, last_update_time: changed, tags } = experiment;
  return (
    <tr>
      <th scope="row">
        <a href={links.experiment(id)}>{name}</a>
      </th>
      <td class="number">{id}</td>
      <td class="time">{created ? minute(created) : '–'}</td>
      <td class="time">{changed ? minute(changed) : '–'}</td>
      <td class="wide">
        {ownTags(tags)
          .map(({ key, value }) => `${key}: ${value}`)
          .join(' · ')}
      </td>
    </tr>
  );
}

/** Every experiment, the one that changed last first. */
export function ExperimentsView({ route }: { readonly route: Extract<Route, { view: 'experiments' }> }) {
  const { filter } = route;
  const order = parseOrder(route.order || FIRST);
  const go = (change: Partial<typeof route>) => {
    location.hash = hrefOf({ ...route, ...change });
  };
  const pages = usePages(`${filter}\n${orderText(order)}`, (token, signal) =>
    mlflow.experiments({ filter, orderBy: [orderClause(order)], token }, signal),
  );
  const { items, reading, problem } = pages;
  const sorting = { order, onOrder: (next: Order) => go({ order: orderText(next) }) };
  const untouched = filter === '' && !reading && items.every(({ experiment_id: id }) => OWN.includes(id));
  return (
    <Card title="Experiments">
      <FilterBox
        label="Filter experiments"
        example="name ILIKE 'btc%'"
        filter={filter}
        problem={problem}
        onFilter={(next) => go({ filter: next })}
      />
      {items.length > 0 && (
        <ScrollRegion label="Experiments" kind="page">
          <table class={reading ? 'stale' : ''}>
            <thead>
              <tr>
                <SortHeading column="name" kind="text" {...sorting}>
                  Name
                </SortHeading>
                <th scope="col" class="number">
                  Id
                </th>
                <SortHeading column="creation_time" kind="time" {...sorting}>
                  Created (UTC)
                </SortHeading>
                <SortHeading column="last_update_time" kind="time" {...sorting}>
                  Changed (UTC)
                </SortHeading>
                <th scope="col">Tags</th>
              </tr>
            </thead>
            <tbody>
              {items.map((experiment) => (
                <Row key={experiment.experiment_id} experiment={experiment} />
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
      <PageEnd pages={pages} things={['experiment', 'experiments']} />
      {!reading && !problem && items.length === 0 && filter !== '' && (
        <p class="empty">No experiment fits this filter.</p>
      )}
      {untouched && !problem && <BeginHint what="experiments" />}
    </Card>
  );
}
