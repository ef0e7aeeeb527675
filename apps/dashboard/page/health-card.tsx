import { useEffect, useState } from 'preact/hooks';
import type { Dashboard } from '../../../src/core/dashboard/dashboard.ts';
import { Card } from './card.tsx';
import { ago, checkName, checkValue } from './format.ts';
import { ScrollRegion } from './scroll-region.tsx';

/** Wall time, once a second. */
function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

const words = { healthy: 'healthy', degraded: 'degraded', failed: 'failed', unknown: 'unknown' } as const;

/** Whether every part works. */
export function HealthCard({ dashboard }: { readonly dashboard: Dashboard }) {
  const { health, overview } = dashboard;
  const { trader } = overview;
  const now = useNow();
  return (
    <Card title="Health" class="health" aside={<span class={`badge ${health.status}`}>{words[health.status]}</span>}>
      <ScrollRegion label="Health" kind="fill">
        {health.alarms.map(({ what, reason }) => (
          <p class="alarm" key={what}>
            <strong>{checkName(what, overview.slot.id)}</strong> {reason}
          </p>
        ))}
        <ul class="checks">
          <li class={trader?.alive ? 'healthy' : 'failed'}>
            <span>Trader</span>
            <span>
              {trader
                ? `${trader.alive ? trader.state.toLowerCase() : 'silent'}, heard ${ago(now - trader.lastSeen)}`
                : 'never started'}
            </span>
          </li>
          {health.checks.map(({ name, status, value, reason }) => (
            <li key={name} class={status} title={reason}>
              <span>{checkName(name, overview.slot.id)}</span>
              <span>
                {status === 'healthy'
                  ? checkValue(name, value) || reason || 'healthy'
                  : `${checkValue(name, value)} ${words[status]}`}
              </span>
            </li>
          ))}
        </ul>
      </ScrollRegion>
      <p class="muted small">
        {health.checkedAt === null ? 'The monitor has not run yet.' : `Checked ${ago(now - health.checkedAt)}.`}
      </p>
    </Card>
  );
}
