import { useEffect } from 'preact/hooks';
import { AuditList } from './audit-list.tsx';
import { EquityChart } from './equity-chart.tsx';
import { EventList } from './event-list.tsx';
import { Figures } from './figures.tsx';
import { money } from './format.ts';
import { HealthCard } from './health-card.tsx';
import { ModelCard } from './model-card.tsx';
import { ModelTable } from './model-table.tsx';
import { PageHeader } from './page-header.tsx';
import { PriceChart } from './price-chart.tsx';
import { TradeList } from './trade-list.tsx';
import { useDashboard } from './use-dashboard.ts';

/** The whole page. */
export function App() {
  const { dashboard, connection, trouble } = useDashboard();
  const overview = dashboard?.overview;
  useEffect(() => {
    const equity = overview?.account?.equity;
    document.title = overview
      ? `${equity ? `${money(equity)} ${overview.slot.quote} · ` : ''}${overview.slot.symbol} · Ares`
      : 'Ares';
  }, [overview]);
  return (
    <>
      <PageHeader overview={overview} connection={connection} trouble={trouble} />
      {dashboard ? (
        <main class={connection === 'lost' ? 'stale' : ''}>
          <Figures overview={dashboard.overview} />
          <div class="charts">
            <PriceChart dashboard={dashboard} />
            <EquityChart dashboard={dashboard} />
          </div>
          <div class="side">
            <ModelCard dashboard={dashboard} />
            <HealthCard dashboard={dashboard} />
          </div>
          <div class="registry">
            <ModelTable models={dashboard.models} />
          </div>
          <div class="feeds">
            <TradeList trades={dashboard.trades} overview={dashboard.overview} />
            <EventList events={dashboard.events} />
            <AuditList audit={dashboard.audit} auditState={dashboard.auditState} />
          </div>
        </main>
      ) : (
        <main class="waiting">
          <p>{trouble ? 'Nothing can be shown until the server reads its data again.' : 'Reading…'}</p>
        </main>
      )}
      <footer>
        <p>
          This page only reads. Times are UTC. Charts by{' '}
          <a href="https://www.tradingview.com/" rel="noreferrer">
            TradingView Lightweight Charts™
          </a>
          .
        </p>
      </footer>
    </>
  );
}
