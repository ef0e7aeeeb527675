import type { Dashboard } from '../../../src/core/dashboard/dashboard.ts';
import { Card } from './card.tsx';
import { second } from './format.ts';
import { ScrollRegion } from './scroll-region.tsx';

const family = (source: string): string => source.replace('ares.', '');

/** What was announced, newest first. */
export function EventList({ events }: Pick<Dashboard, 'events'>) {
  const waiting = events.filter(({ published }) => !published).length;
  return (
    <Card
      title="Events"
      aside={<span class="muted">{waiting > 0 ? `${waiting} not yet delivered` : 'all delivered'}</span>}
    >
      <ScrollRegion label="Events">
        <ol class="feed">
          {events.map(({ position, occurredAt, type, source, text }) => (
            <li key={position}>
              <time dateTime={new Date(occurredAt).toISOString()}>{second(occurredAt)}</time>
              <span class={`badge ${family(source)}`}>{type}</span>
              <span class="text">{text}</span>
            </li>
          ))}
        </ol>
        {events.length === 0 && <p class="empty">Nothing happened yet.</p>}
      </ScrollRegion>
    </Card>
  );
}
