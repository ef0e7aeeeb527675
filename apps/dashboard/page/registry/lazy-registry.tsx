import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Route } from './route.ts';

interface Loaded {
  readonly View?: ComponentType<{ readonly route: Route }>;
  readonly failed?: true;
}

/** The registry's part of the page, fetched when it is first looked at. */
export function LazyRegistry({ route }: { readonly route: Route }) {
  const [{ View, failed }, setLoaded] = useState<Loaded>({});
  useEffect(() => {
    import('./registry-view.tsx').then(
      ({ RegistryView }) => setLoaded({ View: RegistryView }),
      () => setLoaded({ failed: true }),
    );
  }, []);
  if (View) return <View route={route} />;
  return (
    <main class="waiting">
      <p>{failed ? 'This part of the page could not be fetched. Reload the page.' : 'Reading…'}</p>
    </main>
  );
}
