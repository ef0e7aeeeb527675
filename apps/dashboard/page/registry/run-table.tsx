import { duration, second } from '../format.ts';
import { links } from './links.ts';
import { metricText } from './metric-value.ts';
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

function Cell({ run, column }: { readonly run: Run; readonly column: RunColumn }) {
  if (column.kind === 'params') return <td class="param">{valueAt(run.data.params, column.key) ?? '–'}</td>;
  const value = metricOf(run, column.key);
  return (
    <td class="number" title={value === undefined ? undefined : String(value)}>
      {value === undefined ? '–' : metricText(value)}
    </td>
  );
}

function Row({
  run,
  columns,
  selected,
  onSelect,
}: { readonly run: Run; readonly columns: readonly RunColumn[] } & Choice) {
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
      <td class="time number">{second(started)}</td>
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
          <Row key={run.info.run_id} run={run} columns={columns} selected={selected} onSelect={onSelect} />
        ))}
      </tbody>
    </table>
  );
}
