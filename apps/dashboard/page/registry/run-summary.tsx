import { Card } from '../card.tsx';
import { duration, second } from '../format.ts';
import { links } from './links.ts';
import type { ModelVersion, Run } from './mlflow-types.ts';
import { runDuration, runName, valueAt } from './run-facts.ts';
import { StatusBadge } from './status-badge.tsx';

function Registered({ versions }: { readonly versions: readonly ModelVersion[] }) {
  if (versions.length === 0) return <>not registered</>;
  return (
    <>
      {versions.map(({ name, version }, i) => (
        <span key={`${name}#${version}`}>
          {i > 0 && ', '}
          <a href={links.model(name)}>
            {name} {version}
          </a>
        </span>
      ))}
    </>
  );
}

/** Who ran what when, and what became of it. */
export function RunSummary({ run, versions }: { readonly run: Run; readonly versions: readonly ModelVersion[] }) {
  const { info, data, inputs } = run;
  const took = runDuration(run);
  const parent = valueAt(data.tags, 'mlflow.parentRunId');
  const source = valueAt(data.tags, 'mlflow.source.name');
  const commit = valueAt(data.tags, 'mlflow.source.git.commit');
  const datasets = inputs?.dataset_inputs ?? [];
  const note = valueAt(data.tags, 'mlflow.note.content');
  const facts: readonly (readonly [string, preact.ComponentChildren])[] = [
    ['Run id', <code key="id">{info.run_id}</code>],
    ['Started (UTC)', second(info.start_time)],
    ['Took', took === undefined ? 'not ended' : duration(took)],
    ['By', info.user_id || '–'],
    ...(source ? ([['Source', commit ? `${source}, commit ${commit.slice(0, 8)}` : source]] as const) : []),
    ...(parent ? ([['Part of', <a href={links.run(parent)}>{parent.slice(0, 8)}</a>]] as const) : []),
    ...(datasets.length > 0
      ? ([['Data', datasets.map(({ dataset }) => `${dataset.name} (${dataset.digest})`).join(', ')]] as const)
      : []),
    ['Registered as', <Registered key="versions" versions={versions} />],
  ];
  return (
    <Card
      title={runName(run)}
      aside={
        <span class="legend">
          {info.lifecycle_stage === 'deleted' && <span class="badge failed">deleted</span>}
          <StatusBadge status={info.status} />
        </span>
      }
    >
      {note && <p class="note">{note}</p>}
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
