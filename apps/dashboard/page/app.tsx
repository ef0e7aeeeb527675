import { useEffect } from 'preact/hooks';
import { PageHeader } from './page-header.tsx';
import { pageTitle } from './page-title.ts';
import { LazyRegistry } from './registry/lazy-registry.tsx';
import { useRoute } from './registry/use-route.ts';
import { TradingView } from './trading-view.tsx';
import { useDashboard } from './use-dashboard.ts';

/** The whole page. */
export function App() {
  const route = useRoute();
  const watched = useDashboard();
  const { dashboard, connection, trouble } = watched;
  const overview = dashboard?.overview;
  const title = pageTitle(route, overview);
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <>
      <PageHeader view={route.view} overview={overview} connection={connection} trouble={trouble} />
      {route.view === 'trading' ? <TradingView {...watched} /> : <LazyRegistry route={route} />}
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
