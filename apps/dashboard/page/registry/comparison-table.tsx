import { useState } from 'preact/hooks';
import { Card } from '../card.tsx';
import { duration, minute } from '../format.ts';
import { ScrollRegion } from '../scroll-region.tsx';
import { comparisonRows } from './comparison-rows.ts';
import { links } from './links.ts';
import type { Run } from './mlflow-types.ts';
import { runDuration, runName } from './run-facts.ts';
import { StatusBadge } from './status-badge.tsx';

const groups = [
  ['metric', 'Metrics, last values'],
  ['parameter', 'Parameters'],
  ['tag', 'Tags'],
] as const;

function Head({ runs }: { readonly runs: readonly Run[] }) {
  return (
    <thead>
      <tr>
        <th scope="col">Run</th>
        {runs.map((run) => (
          <th scope="col" key={run.info.run_id}>
            <a href={links.run(run.info.run_id)}>{runName(run)}</a>
            <span class="sub">
              <StatusBadge status={run.info.status} />
            </span>
            <span class="sub">
              {minute(run.info.start_time)}
              {run.info.end_time ? ` · ${duration(runDuration(run) ?? 0)}` : ''}
            </span>
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** What some runs have, side by side. */
export function ComparisonTable({ runs }: { readonly runs: readonly Run[] }) {
  const [onlyDiffering, setOnlyDiffering] = useState(false);
  const rows = comparisonRows(runs).filter(({ differs }) => differs || !onlyDiffering);
  return (
    <Card
      title="Side by side"
      aside={
        <label>
          <input
            type="checkbox"
            checked={onlyDiffering}
            onChange={(event) => setOnlyDiffering(event.currentTarget.checked)}
          />
          Only what differs
        </label>
      }
    >
      <ScrollRegion label="Side by side" kind="page">
        <table class="comparison">
          <Head runs={runs} />
          {groups.map(([kind, title]) => {
            const own = rows.filter((row) => row.kind === kind);
            return (
              own.length > 0 && (
                <tbody key={kind}>
                  <tr class="group">
                    <th scope="colgroup" colSpan={runs.length + 1}>
                      {title}
                    </th>
                  </tr>
                  {own.map(({ key, values, differs }) => (
                    <tr key={key} class={differs ? 'differs' : ''}>
                      <th scope="row">
                        {key}
                        {differs && (
                          <>
                            {' '}
                            <span class="mark" role="img" aria-label="differs" title="differs">
                              ≠
                            </span>
                          </>
                        )}
                      </th>
                      {values.map((value, i) => (
                        <td key={runs[i]?.info.run_id}>{value || '–'}</td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              )
            );
          })}
        </table>
      </ScrollRegion>
    </Card>
  );
}
