import { Card } from '../card.tsx';
import { minute } from '../format.ts';
import { ScrollRegion } from '../scroll-region.tsx';
import { links } from './links.ts';
import type { ModelVersion, RegisteredModel } from './mlflow-types.ts';
import { aliasesOf, slotOf, slotState } from './model-facts.ts';
import { PageEnd } from './page-end.tsx';
import { Problem } from './problem.tsx';
import type { Pages } from './use-pages.ts';

function Row({ model, version }: { readonly model: RegisteredModel; readonly version: ModelVersion }) {
  const { version: number, current_stage: stage = 'None', run_id: runId, creation_timestamp: created } = version;
  const state = slotState(version);
  return (
    <tr>
      <th scope="row">{number}</th>
      <td>{stage === 'None' ? '–' : <span class={`badge stage-${stage.toLowerCase()}`}>{stage}</span>}</td>
      <td>
        {aliasesOf(model, number).map((alias) => (
          <span key={alias} class="badge alias">
            @{alias}
          </span>
        ))}
      </td>
      {slotOf(model) && <td>{state ? <span class={`badge ${state}`}>{state.replace('_', ' ')}</span> : '–'}</td>}
      <td>{runId ? <a href={links.run(runId)}>{runId.slice(0, 8)}</a> : '–'}</td>
      <td class="time">{minute(created)}</td>
      <td class="wide muted">{version.description ?? ''}</td>
    </tr>
  );
}

/** A model's versions, newest first. */
export function VersionTable({
  model,
  pages,
}: {
  readonly model: RegisteredModel;
  readonly pages: Pages<ModelVersion>;
}) {
  const { items, reading, problem } = pages;
  return (
    <Card title="Versions">
      {problem && <Problem>{problem}</Problem>}
      {items.length > 0 && (
        <ScrollRegion label="Versions" kind="page">
          <table>
            <thead>
              <tr>
                <th scope="col">Version</th>
                <th scope="col">Stage</th>
                <th scope="col">Aliases</th>
                {slotOf(model) && <th scope="col">In the slot</th>}
                <th scope="col">Run</th>
                <th scope="col">Created (UTC)</th>
                <th scope="col">Description</th>
              </tr>
            </thead>
            <tbody>
              {items.map((version) => (
                <Row key={version.version} model={model} version={version} />
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
      <PageEnd pages={pages} things={['version', 'versions']} />
      {!reading && !problem && items.length === 0 && <p class="empty">This model has no versions yet.</p>}
    </Card>
  );
}
