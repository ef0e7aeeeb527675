import { duration, minute, second } from '../format.ts';
import { links } from './links.ts';
import { metricTexts } from './metric-texts.ts';
import type { Run } from './mlflow-types.ts';
import type { Order } from './order.ts';
import type { RunColumn } from './run-columns.ts';
import { metricOf, runDuration, runName, valueAt } from './run-facts.ts';
import { SortHeading } from './sort-heading.tsx';
import { StatusBadge } from './status-badge.tsx';

interface Choice {
  readonly selected: readonly string[];
  readonly onSelect: (runIds: readonly string[], chosen: boolean) => void;
}

interface Column extends RunColumn {
  /** What a metric's cells show, by run. */
  readonly texts: ReadonlyMap<string, string>;
}

/** A metric's values with equally many decimals, so that they can be compared down the column. */
function withTexts(column: RunColumn, runs: readonly Run[]): Column {
  const measured = runs.flatMap((run) => {
    const value = column.kind === 'metrics' ? metricOf(run, column.key) : undefined;
    return value === undefined ? [] : [{ id: run.info.run_id, value }];
  });
  const texts = metricTexts(measured.map(({ value }) => value));
  return { ...column, texts: new Map(measured.map(({ id }, i) => [id, texts[i] as string])) };
}

function Cell({ run, column }: { readonly run: Run; readonly column: Column }) {
  if (column.kind === 'params') return <td class="param">{valueAt(run.data.params, column.key) ?? '–'}</td>;
  const value = metricOf(run, column.key);
  return (
    <td class="number" title={value === undefined ? undefined : String(value)}>
      {column.texts.get(run.info.run_id) ?? '–'}
    </td>
  );
}

function Row({
  run,
  columns,
  selected,
  onSelect,
}: { readonly run: Run; readonly columns: readonly Column[] } & Choice) {
  const { run_id: id, status, start_time: started } = run.info;
  const took = runDuration(run);
  const chosen = selected.includes(id);
  return (
    <tr class={chosen ? 'chosen' : ''}>
      <td>
        <input
          type="checkbox"
          aria-label={`Select ${runName(run)}`}
          checked={chosen}
          onChange={(event) => onSelect([id], event.currentTarget.checked)}
        />
      </td>
      <th scope="row">
        <a href={links.run(id)} title={`run ${id}`}>
          {runName(run)}
        </a>
      </th>
      <td>
        <StatusBadge status={status} />
      </td>
      <td class="time number" title={second(started)}>
        {minute(started)}
      </td>
      <td class="number">{took === undefined ? '–' : duration(took)}</td>
      {columns.map((column) => (
        <Cell key={column.id} run={run} column={column} />
      ))}
    </tr>
  );
}

/** Runs, one a row; the headings sort. */
export function RunTable({
  runs,
  columns,
  stale,
  order,
  onOrder,
  partial,
  selected,
  onSelect,
}: {
  readonly runs: readonly Run[];
  readonly columns: readonly RunColumn[];
  readonly stale: boolean;
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
  /** Whether there are more runs than these. */
  readonly partial: boolean;
} & Choice) {
  const sorting = { order, onOrder };
  const shown = columns.map((column) => withTexts(column, runs));
  const ids = runs.map(({ info }) => info.run_id);
  const all = ids.every((id) => selected.includes(id));
  return (
    <table class={stale ? 'stale' : ''}>
      <thead>
        <tr>
          <th scope="col">
            <input
              type="checkbox"
              aria-label="Select every run shown"
              checked={all}
              onChange={(event) => onSelect(ids, event.currentTarget.checked)}
            />
          </th>
          <SortHeading column="run_name" kind="text" {...sorting}>
            Run
          </SortHeading>
          <SortHeading column="status" kind="text" {...sorting}>
            Status
          </SortHeading>
          <SortHeading column="start_time" {...sorting}>
            Started (UTC)
          </SortHeading>
          <SortHeading
            column="duration"
            note={partial ? 'Sorts the runs shown, not those to come' : undefined}
            {...sorting}
          >
            Duration
          </SortHeading>
          {columns.map(({ id, key, kind }) => (
            <SortHeading key={id} column={id} kind={kind === 'params' ? 'text' : 'figure'} {...sorting}>
              {key}
            </SortHeading>
          ))}
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <Row key={run.info.run_id} run={run} columns={shown} selected={selected} onSelect={onSelect} />
        ))}
      </tbody>
    </table>
  );
}
