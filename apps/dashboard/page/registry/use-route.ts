import { useEffect, useState } from 'preact/hooks';
import { parseRoute, type Route } from './route.ts';

/** The route in the address bar; it changes with links, back and forward. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const change = () => setHash(location.hash);
    addEventListener('hashchange', change);
    return () => removeEventListener('hashchange', change);
  }, []);
  return parseRoute(hash);
}
