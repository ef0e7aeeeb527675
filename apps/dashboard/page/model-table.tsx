import type { Dashboard } from '../../../src/core/dashboard/dashboard.ts';
import type { ModelRow } from '../../../src/core/dashboard/model-row.ts';
import { Card } from './card.tsx';
import { count, minute, percent, ratio } from './format.ts';
import { ScrollRegion } from './scroll-region.tsx';

const states: Readonly<Record<ModelRow['state'], string>> = {
  production: 'production',
  standby: 'standby',
  candidate: 'candidate',
  archived: 'archived',
  evaluated_inferior: 'inferior',
};

const shown = (value: number | null | undefined, format: (value: number) => string): string =>
  value === null || value === undefined ? '–' : format(value);

function Row({ model }: { readonly model: ModelRow }) {
  const { runId, state, metrics, live, reason, waiting } = model;
  return (
    <tr class={state}>
      <th scope="row">
        {runId} <code title={`SHA-256 ${model.modelHash}`}>{model.modelHash.slice(0, 8)}</code>
      </th>
      <td>
        <span class={`badge ${state}`}>{states[state]}</span>
      </td>
      <td class="number">{shown(metrics.accuracy, percent)}</td>
      <td class="number">{shown(metrics.log_loss, ratio3)}</td>
      <td class="number">{shown(model.evaluationRows, count)}</td>
      <td class="number">{shown(live?.accuracy, percent)}</td>
      <td class="number">{shown(live?.sharpe_ratio, ratio)}</td>
      <td class="number">{shown(live?.max_drawdown, percent)}</td>
      <td class="time">{minute(model.stateChangedAt)}</td>
      <td class="reason">{waiting ?? reason}</td>
    </tr>
  );
}

const ratio3 = (value: number): string => value.toFixed(3);

/** Every model of the slot, what was measured of it, and why it is where it is. */
export function ModelTable({ models }: Pick<Dashboard, 'models'>) {
  const tally = (state: ModelRow['state']) => models.filter((model) => model.state === state).length;
  const summary = `${tally('candidate')} waiting · ${tally('archived')} archived · ${tally('evaluated_inferior')} inferior`;
  return (
    <Card title="Models" aside={<span class="muted">{summary}</span>}>
      <ScrollRegion label="Models" kind="table">
        <table>
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">State</th>
              <th scope="col" class="number" title="Share of directions that came true, on bars it had not seen">
                Accuracy
              </th>
              <th scope="col" class="number">
                Log loss
              </th>
              <th scope="col" class="number" title="Bars it was measured on">
                Bars
              </th>
              <th scope="col" class="number">
                Live accuracy
              </th>
              <th scope="col" class="number" title="Annualised with 365 days, before costs">
                Live Sharpe
              </th>
              <th scope="col" class="number" title="Before costs">
                Live drawdown
              </th>
              <th scope="col">Since (UTC)</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {models.map((model) => (
              <Row key={model.runId} model={model} />
            ))}
          </tbody>
        </table>
        {models.length === 0 && <p class="empty">No model is registered yet.</p>}
      </ScrollRegion>
    </Card>
  );
}
