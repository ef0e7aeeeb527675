import { Card } from '../card.tsx';
import { second } from '../format.ts';
import { ScrollRegion } from '../scroll-region.tsx';
import { lifecycleOf } from './audit.ts';
import { lifecycleText } from './lifecycle-text.ts';
import { PageEnd } from './page-end.tsx';
import { Problem } from './problem.tsx';
import { usePages } from './use-pages.ts';

/** Who did what with a model and when, newest first, out of the audit trail. */
export function LifecycleList({
  names,
}: {
  /** The model's name, and the names its versions have in the slot. */
  readonly names: readonly string[];
}) {
  const pages = usePages(names.join('\n'), (token, signal) => lifecycleOf(names, token, signal));
  const { reading, problem } = pages;
  // Entries carry the time of the market or of the wall; what came after what is the trail's own order.
  const items = pages.items.toSorted((a, b) => b.sequence - a.sequence);
  const aside = names.length > 1 ? 'from the audit trail; what the slot did in market time' : 'from the audit trail';
  return (
    <Card title="Lifecycle" aside={<span class="muted">{aside}</span>}>
      {problem && <Problem>{problem}</Problem>}
      {items.length > 0 && (
        <ScrollRegion label="Lifecycle" kind="page">
          <ol class="feed lifecycle">
            {items.map((entry) => (
              <li key={entry.id} title={`audit entry ${entry.id}, hash ${entry.hash}`}>
                <time dateTime={new Date(entry.timestamp).toISOString()}>{second(entry.timestamp)}</time>
                <span class="text">
                  <strong>{entry.user}</strong> {lifecycleText(entry)}
                </span>
              </li>
            ))}
          </ol>
        </ScrollRegion>
      )}
      <PageEnd pages={pages} things={['entry', 'entries']} />
      {!reading && !problem && items.length === 0 && <p class="empty">Nothing is recorded of this model.</p>}
    </Card>
  );
}
