import type { Dashboard } from '../../../src/core/dashboard/dashboard.ts';
import { Card } from './card.tsx';
import { amount, gain, minute, money, percent } from './format.ts';
import { ScrollRegion } from './scroll-region.tsx';

/** The newest trades, newest first. */
export function TradeList({ trades, overview }: Pick<Dashboard, 'trades' | 'overview'>) {
  const { base, quote } = overview.slot;
  return (
    <Card title="Trades" aside={<span class="muted">amounts in {quote}</span>}>
      <ScrollRegion label="Trades">
        <ol class="feed">
          {trades
            .toReversed()
            .map(({ clientOrderId, at, side, quantity, averagePrice, realisedPnl, fees, runId, probability }) => (
              <li key={clientOrderId} title={`order ${clientOrderId}, fees ${money(fees)} ${quote}`}>
                <time dateTime={new Date(at).toISOString()}>{minute(at)}</time>
                <span class={`badge ${side}`}>{side === 'buy' ? 'bought' : 'sold'}</span>
                <span class="text">
                  {amount(quantity)} {base} at {money(averagePrice)}
                  {realisedPnl !== null && (
                    <strong class={Number(realisedPnl) >= 0 ? 'up' : 'down'}> {gain(realisedPnl)}</strong>
                  )}
                  {runId && (
                    <span class="muted">
                      {' '}
                      · {runId}
                      {probability !== null && ` ${percent(probability, 0)}`}
                    </span>
                  )}
                </span>
              </li>
            ))}
        </ol>
        {trades.length === 0 && <p class="empty">Nothing was traded yet.</p>}
      </ScrollRegion>
    </Card>
  );
}
