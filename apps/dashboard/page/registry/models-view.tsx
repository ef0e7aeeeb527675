import { Card } from '../card.tsx';
import { minute } from '../format.ts';
import { ScrollRegion } from '../scroll-region.tsx';
import { BeginHint } from './begin-hint.tsx';
import { FilterBox } from './filter-box.tsx';
import { links } from './links.ts';
import { mlflow } from './mlflow.ts';
import type { RegisteredModel } from './mlflow-types.ts';
import { newestVersion, slotOf, stageText } from './model-facts.ts';
import { type Order, orderClause, orderText, parseOrder } from './order.ts';
import { PageEnd } from './page-end.tsx';
import { hrefOf, type Route } from './route.ts';
import { SortHeading } from './sort-heading.tsx';
import { usePages } from './use-pages.ts';

const FIRST = 'name';

function Row({ model }: { readonly model: RegisteredModel }) {
  const changed = model.last_updated_timestamp ?? model.creation_timestamp;
  return (
    <tr>
      <th scope="row">
        <a href={links.model(model.name)}>{model.name}</a>
      </th>
      <td class="number">{newestVersion(model) ?? '–'}</td>
      <td>{stageText(model) || '–'}</td>
      <td>
        {(model.aliases ?? []).map(({ alias, version }) => (
          <span key={alias} class="badge alias">
            @{alias} {version}
          </span>
        ))}
      </td>
      <td>{slotOf(model) ?? <span class="muted">none</span>}</td>
      <td class="time">{minute(changed)}</td>
      <td class="wide muted">{model.description ?? ''}</td>
    </tr>
  );
}

/** Every registered model, and where each stands. */
export function ModelsView({ route }: { readonly route: Extract<Route, { view: 'models' }> }) {
  const { filter } = route;
  const order = parseOrder(route.order || FIRST);
  const go = (change: Partial<typeof route>) => {
    location.hash = hrefOf({ ...route, ...change });
  };
  const pages = usePages(`${filter}\n${orderText(order)}`, (token, signal) =>
    mlflow.models({ filter, orderBy: [orderClause(order)], token }, signal),
  );
  const { items, reading, problem } = pages;
  const sorting = { order, onOrder: (next: Order) => go({ order: orderText(next) }) };
  const empty = !reading && !problem && items.length === 0;
  return (
    <Card title="Registered models">
      <FilterBox
        label="Filter models"
        example="name ILIKE 'btc%'"
        filter={filter}
        problem={problem}
        onFilter={(next) => go({ filter: next })}
      />
      {items.length > 0 && (
        <ScrollRegion label="Registered models" kind="page">
          <table class={reading ? 'stale' : ''}>
            <thead>
              <tr>
                <SortHeading column="name" kind="text" {...sorting}>
                  Name
                </SortHeading>
                <th scope="col" class="number">
                  Newest version
                </th>
                <th scope="col">Stages</th>
                <th scope="col">Aliases</th>
                <th scope="col">Slot</th>
                <SortHeading column="last_updated_timestamp" kind="time" {...sorting}>
                  Changed (UTC)
                </SortHeading>
                <th scope="col">Description</th>
              </tr>
            </thead>
            <tbody>
              {items.map((model) => (
                <Row key={model.name} model={model} />
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
      <PageEnd pages={pages} things={['model', 'models']} />
      {empty && (filter === '' ? <BeginHint what="model" /> : <p class="empty">No model fits this filter.</p>)}
    </Card>
  );
}
