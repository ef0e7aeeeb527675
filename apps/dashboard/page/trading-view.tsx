import { AuditList } from './audit-list.tsx';
import { EquityChart } from './equity-chart.tsx';
import { EventList } from './event-list.tsx';
import { Figures } from './figures.tsx';
import { HealthCard } from './health-card.tsx';
import { ModelCard } from './model-card.tsx';
import { ModelTable } from './model-table.tsx';
import { PriceChart } from './price-chart.tsx';
import { TradeList } from './trade-list.tsx';
import type { Watched } from './use-dashboard.ts';

/** What the slot does now: its figures, charts, models, trades, events and audit. */
export function TradingView({ dashboard, connection, trouble }: Watched) {
  if (!dashboard) {
    return (
      <main class="waiting">
        <p>{trouble ? 'Nothing can be shown until the server reads its data again.' : 'Reading…'}</p>
      </main>
    );
  }
  return (
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
  );
}
