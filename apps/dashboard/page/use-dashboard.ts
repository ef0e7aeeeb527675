import { useEffect, useState } from 'preact/hooks';
import { applyDashboardChange, type Dashboard, type DashboardMessage } from '../../../src/core/dashboard/dashboard.ts';

/** What the page knows, and whether it is still told. */
export interface Watched {
  readonly dashboard: Dashboard | undefined;
  readonly connection: 'connecting' | 'live' | 'lost';
  /** Why the server cannot read its data, while it cannot. */
  readonly trouble: string | undefined;
}

const RETRY_MS = 3_000;

function after(known: Watched, message: DashboardMessage): Watched {
  if (message.kind === 'snapshot') return { dashboard: message.dashboard, connection: 'live', trouble: undefined };
  if (message.kind === 'trouble') return { ...known, connection: 'live', trouble: message.message };
  if (!known.dashboard) return known;
  return { ...known, connection: 'live', dashboard: applyDashboardChange(known.dashboard, message.change) };
}

/** Follows the stream; when it ends it is opened again until somebody answers. */
export function useDashboard(): Watched {
  const [watched, setWatched] = useState<Watched>({
    dashboard: undefined,
    connection: 'connecting',
    trouble: undefined,
  });
  useEffect(() => {
    let source: EventSource | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const take = (event: MessageEvent<string>) => {
      const message = JSON.parse(event.data) as DashboardMessage;
      setWatched((known) => after(known, message));
    };
    const open = () => {
      const stream = new EventSource('/api/stream');
      source = stream;
      for (const kind of ['snapshot', 'change', 'trouble']) stream.addEventListener(kind, take);
      stream.addEventListener('error', () => {
        setWatched((known) => ({ ...known, connection: known.dashboard ? 'lost' : 'connecting' }));
        // A refused stream is not opened again by the browser.
        if (stream.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY_MS);
      });
    };
    open();
    return () => {
      source?.close();
      clearTimeout(retry);
    };
  }, []);
  return watched;
}
