import type { Dashboard } from '../../../src/core/dashboard/dashboard.ts';
import { Card } from './card.tsx';
import { duration, minute, percent, ratio } from './format.ts';

/** The model that decides now, what it last said, and how good it has been. */
export function ModelCard({ dashboard }: { readonly dashboard: Dashboard }) {
  const { overview, models } = dashboard;
  const { model, market, trader } = overview;
  const live = models.find(({ runId }) => runId === model?.runId)?.live;
  const accuracy = model?.metrics.accuracy;
  return (
    <Card title="Model in production" class="model">
      {model ? (
        <>
          <p class="run">
            <strong>{model.runId}</strong>{' '}
            <code title={`SHA-256 ${model.modelHash}`}>{model.modelHash.slice(0, 8)}</code>
          </p>
          {trader && trader.runId !== model.runId && (
            <p class="warn">The trader still decides with {trader.runId ?? 'none'}.</p>
          )}
          <dl class="pairs">
            <dt>In production since</dt>
            <dd>{model.since === null ? '–' : `${minute(model.since)}`}</dd>
            <dt>Right before promotion</dt>
            <dd>{accuracy === undefined ? '–' : percent(accuracy)}</dd>
            <dt>Right live</dt>
            <dd>
              {live?.accuracy === null || live === undefined || live === null
                ? 'not measured yet'
                : `${percent(live.accuracy)} of ${live.samples}`}
            </dd>
            <dt>Sharpe ratio live</dt>
            <dd>
              {live?.sharpe_ratio === null || live === undefined || live === null ? '–' : ratio(live.sharpe_ratio)}
            </dd>
            <dt>Last prediction</dt>
            <dd>{market === null || market.probability === null ? '–' : `${percent(market.probability, 1)} up`}</dd>
            <dt>Signal</dt>
            <dd>{market === null || market.signal === null ? 'none' : market.signal}</dd>
            <dt>Frame to decision</dt>
            <dd>
              {trader
                ? trader.lastDecisionUs < 1_000
                  ? `${Math.round(trader.lastDecisionUs)} µs`
                  : duration(trader.lastDecisionUs / 1_000)
                : '–'}
            </dd>
          </dl>
        </>
      ) : (
        <p class="empty">
          No model is in production yet: nothing is traded. The promotion check decides when a candidate arrives.
        </p>
      )}
    </Card>
  );
}
