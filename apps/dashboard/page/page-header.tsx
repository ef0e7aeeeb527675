import type { Overview } from '../../../src/core/dashboard/overview.ts';
import { minute } from './format.ts';
import { PageNav } from './page-nav.tsx';
import type { Route } from './registry/route.ts';
import type { Watched } from './use-dashboard.ts';

const connections: Readonly<Record<Watched['connection'], string>> = {
  connecting: 'Connecting…',
  live: 'Live',
  lost: 'Connection lost, trying again…',
};

const modes: Readonly<Record<Overview['trading']['state'], string>> = {
  ACTIVE: 'trades',
  REDUCING: 'only shrinks the position',
  HALTED: 'only cancels orders',
};

/** Who trades what where, in which state, and whether the page is still told. */
export function PageHeader({
  view,
  overview,
  connection,
  trouble,
}: Pick<Route, 'view'> & { readonly overview: Overview | undefined } & Pick<Watched, 'connection' | 'trouble'>) {
  const mode = overview?.trading.state;
  return (
    <header class="page-header">
      <div class="identity">
        <h1>Ares</h1>
        <PageNav view={view} />
        {overview && (
          <>
            <strong class="symbol">{overview.slot.symbol}</strong>
            <span class="slot" title={`slot ${overview.slot.id}`}>
              {overview.slot.account} · {overview.slot.strategy} · {overview.slot.timeframe}
            </span>
            <span class={`venue ${overview.venue.paper ? 'paper' : 'real'}`}>{overview.venue.label}</span>
          </>
        )}
      </div>
      <div class="state">
        {overview?.market && (
          <span class="clock">
            <span class="muted">Market time</span>{' '}
            <time dateTime={new Date(overview.market.time).toISOString()}>{minute(overview.market.time)} UTC</time>
          </span>
        )}
        <span role="status" class="status">
          {mode && (
            <span
              class={`mode ${mode.toLowerCase()}`}
              title={`${mode}: ${modes[mode]}. ${overview.trading.reason} (${overview.trading.by})`}
            >
              {mode}
            </span>
          )}
          <span class={`connection ${trouble ? 'lost' : connection}`}>
            {trouble ? 'Cannot read' : connections[connection]}
          </span>
        </span>
      </div>
      {(trouble || (overview && mode !== 'ACTIVE')) && (
        <p class="notice" role="alert">
          {trouble
            ? `The server cannot read its data: ${trouble}`
            : overview && mode && `${mode} (${modes[mode]}): ${overview.trading.reason}, by ${overview.trading.by}`}
        </p>
      )}
    </header>
  );
}
