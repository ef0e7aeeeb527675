import type { AuditState } from '../../../src/core/dashboard/audit-watch.ts';
import type { Dashboard } from '../../../src/core/dashboard/dashboard.ts';
import { Card } from './card.tsx';
import { count, second } from './format.ts';
import { ScrollRegion } from './scroll-region.tsx';

function ChainState({ state, entries, problem }: AuditState) {
  if (state === 'pending') return <span class="badge unknown">verifying…</span>;
  if (state === 'valid') return <span class="badge healthy">chain valid · {count(entries)} entries</span>;
  return (
    <span class={`badge ${state === 'broken' ? 'failed' : 'unknown'}`} title={problem ?? ''}>
      {state === 'broken' ? 'chain broken' : 'not verified'}
    </span>
  );
}

/** Who did what, newest first, and whether the chain still holds. */
export function AuditList({ audit, auditState }: Pick<Dashboard, 'audit' | 'auditState'>) {
  const { state, problem } = auditState;
  return (
    <Card title="Audit" aside={<ChainState {...auditState} />}>
      <ScrollRegion label="Audit">
        {(state === 'broken' || state === 'unknown') && <p class="alarm">{problem}. Run “./ares audit verify”.</p>}
        <ol class="feed">
          {audit.map(({ id, timestamp, eventType, user, text, hash }) => (
            <li key={id} title={`entry ${id}, hash ${hash}`}>
              <time dateTime={new Date(timestamp).toISOString()}>{second(timestamp)}</time>
              <span class="badge">{eventType}</span>
              <span class="text">
                <span class="muted">{user}</span> {text}
              </span>
            </li>
          ))}
        </ol>
        {audit.length === 0 && <p class="empty">Nothing was recorded yet.</p>}
      </ScrollRegion>
    </Card>
  );
}
