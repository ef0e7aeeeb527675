import './registry.css';
import { useEffect, useRef } from 'preact/hooks';
import { CompareView } from './compare-view.tsx';
import { ExperimentsView } from './experiments-view.tsx';
import { links } from './links.ts';
import { ModelView } from './model-view.tsx';
import { ModelsView } from './models-view.tsx';
import type { Route } from './route.ts';
import { RunView } from './run-view.tsx';
import { RunsView } from './runs-view.tsx';

function Part({ route }: { readonly route: Route }) {
  switch (route.view) {
    case 'experiments':
      return <ExperimentsView route={route} />;
    case 'runs':
      return <RunsView key={route.experimentId} route={route} />;
    case 'run':
      return <RunView key={route.runId} route={route} />;
    case 'compare':
      return <CompareView key={route.runIds.join()} route={route} />;
    case 'models':
      return <ModelsView route={route} />;
    case 'model':
      return <ModelView key={route.name} name={route.name} />;
    default:
      return (
        <p class="empty">
          There is nothing at this address. Go to the <a href={links.experiments}>experiments</a> or the{' '}
          <a href={links.models}>models</a>.
        </p>
      );
  }
}

/** What is looked at, without how it is filtered or sorted. */
const placeOf = (route: Route): string =>
  JSON.stringify({ ...route, filter: '', order: '', metric: '', deleted: false });

/** Experiments, runs, registered models and their versions; read only. */
export function RegistryView({ route }: { readonly route: Route }) {
  const main = useRef<HTMLElement>(null);
  const place = placeOf(route);
  const before = useRef(place);
  useEffect(() => {
    if (before.current === place) return;
    before.current = place;
    // Whoever followed a link by keyboard goes on in what it led to.
    main.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [place]);
  return (
    <main class="registry-view" tabIndex={-1} ref={main}>
      <Part route={route} />
    </main>
  );
}
