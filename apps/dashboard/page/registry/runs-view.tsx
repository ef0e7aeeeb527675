import { useState } from 'preact/hooks';
import { Card } from '../card.tsx';
import { ScrollRegion } from '../scroll-region.tsx';
import { BeginHint } from './begin-hint.tsx';
import { ColumnChoice } from './column-choice.tsx';
import { Crumbs } from './crumbs.tsx';
import { FilterBox } from './filter-box.tsx';
import { links } from './links.ts';
import { mlflow } from './mlflow.ts';
import type { Run } from './mlflow-types.ts';
import { type Order, orderClause, orderText, parseOrder } from './order.ts';
import { PageEnd } from './page-end.tsx';
import { Problem } from './problem.tsx';
import { hrefOf, type Route } from './route.ts';
import { runColumns } from './run-columns.ts';
import { RunTable } from './run-table.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { sortByDuration } from './sort-by-duration.ts';
import { useAnswer } from './use-answer.ts';
import { usePages } from './use-pages.ts';

const FIRST = '-start_time';

/** The runs as the order wants them: the server sorts by everything but duration. */
function useRuns({ experimentId, filter, deleted }: Extract<Route, { view: 'runs' }>, order: Order) {
  const local = order.key === 'duration';
  const asked = local ? parseOrder(FIRST) : order;
  const pages = usePages<Run>(`${filter}\n${orderText(asked)}\n${deleted}`, (token, signal) =>
    mlflow.runs({ experimentId, deleted, filter, orderBy: [orderClause(asked)], token }, signal),
  );
  return { pages, runs: local ? sortByDuration(pages.items, order.descending) : pages.items };
}

/** The runs of an experiment: filtered, sorted, selected for comparison. */
export function RunsView({ route }: { readonly route: Extract<Route, { view: 'runs' }> }) {
  const { experimentId, filter, deleted } = route;
  const [selected, setSelected] = useState<readonly string[]>([]);
  const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(new Map());
  const experiment = useAnswer(experimentId, (signal) => mlflow.experiment(experimentId, signal));
  const order = parseOrder(route.order || FIRST);
  const { pages, runs } = useRuns(route, order);
  const go = (change: Partial<typeof route>) => {
    location.hash = hrefOf({ ...route, ...change });
  };
  const select = (runIds: readonly string[], on: boolean) =>
    setSelected((before) => [...before.filter((id) => !runIds.includes(id)), ...(on ? runIds : [])]);
  if (experiment.problem) return <Problem>{experiment.problem}</Problem>;
  const name = experiment.value?.name ?? experimentId;
  const columns = runColumns(runs, chosen, order.key);
  const empty = !pages.reading && !pages.problem && runs.length === 0;
  return (
    <>
      <Crumbs way={[['Experiments', links.experiments]]}>{name}</Crumbs>
      <Card
        title={`Runs of ${name}`}
        aside={
          <label>
            <input
              type="checkbox"
              checked={deleted}
              onChange={(event) => go({ deleted: event.currentTarget.checked })}
            />
            Deleted runs
          </label>
        }
      >
        <FilterBox
          label="Filter runs"
          example="metrics.accuracy > 0.53 AND params.leaves = '31'"
          filter={filter}
          problem={pages.problem}
          onFilter={(next) => go({ filter: next })}
        />
        {runs.length > 0 && (
          <>
            <div class="tools">
              <SelectionBar selected={selected} onClear={() => setSelected([])} />
              {columns.length > 0 && (
                <ColumnChoice columns={columns} onChoose={(id, on) => setChosen(new Map([...chosen, [id, on]]))} />
              )}
            </div>
            <ScrollRegion label="Runs" kind="page">
              <RunTable
                runs={runs}
                columns={columns.filter(({ shown }) => shown)}
                stale={pages.reading}
                order={order}
                onOrder={(next) => go({ order: orderText(next) })}
                partial={pages.next !== undefined}
                selected={selected}
                onSelect={select}
              />
            </ScrollRegion>
          </>
        )}
        {order.key === 'duration' && pages.next !== undefined && (
          <p class="muted small">Duration sorts the runs shown, not those to come.</p>
        )}
        <PageEnd pages={pages} things={['run', 'runs']} />
        {empty && filter !== '' && <p class="empty">No run fits this filter.</p>}
        {empty && filter === '' && (deleted ? <p class="empty">No run was deleted.</p> : <BeginHint what="run" />)}
      </Card>
    </>
  );
}
