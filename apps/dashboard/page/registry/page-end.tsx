import type { Pages } from './use-pages.ts';

/** How much of a search is shown, and the way to more of it. */
export function PageEnd({
  pages: { items, next, reading, more },
  things,
}: {
  readonly pages: Pages<unknown>;
  readonly things: readonly [one: string, several: string];
}) {
  const shown = `${items.length.toLocaleString('en-US')} ${things[items.length === 1 ? 0 : 1]}`;
  return (
    <div class="page-end">
      <span role="status" class="muted">
        {reading ? 'Reading…' : next ? `The first ${shown}; there are more.` : items.length > 0 ? shown : ''}
      </span>
      {next && (
        <button type="button" onClick={more} disabled={reading}>
          Show more
        </button>
      )}
    </div>
  );
}
