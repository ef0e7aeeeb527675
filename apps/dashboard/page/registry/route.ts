/** Which part of the page is looked at, and how. Order is a column's key, with a minus in front for descending. */
export type Route =
  | { readonly view: 'trading' }
  | { readonly view: 'experiments'; readonly filter: string; readonly order: string }
  | {
      readonly view: 'runs';
      readonly experimentId: string;
      readonly filter: string;
      readonly order: string;
      readonly deleted: boolean;
    }
  | { readonly view: 'run'; readonly runId: string; readonly metric: string }
  | { readonly view: 'compare'; readonly runIds: readonly string[]; readonly metric: string }
  | { readonly view: 'models'; readonly filter: string; readonly order: string }
  | { readonly view: 'model'; readonly name: string }
  | { readonly view: 'nowhere'; readonly path: string };

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

/** The route that an address's fragment names. */
export function parseRoute(hash: string): Route {
  const text = hash.replace(/^#/, '');
  const cut = text.indexOf('?');
  const path = cut === -1 ? text : text.slice(0, cut);
  const query = new URLSearchParams(cut === -1 ? '' : text.slice(cut));
  const get = (name: string): string => query.get(name) ?? '';
  const [kind, id, ...rest] = path.split('/').slice(1).map(decoded);
  const nowhere: Route = { view: 'nowhere', path };
  if (rest.length > 0) return nowhere;
  if (!kind && !id) return { view: 'trading' };
  const [filter, order, metric] = [get('filter'), get('order'), get('metric')];
  if (kind === 'experiments' && !id) return { view: 'experiments', filter, order };
  if (kind === 'experiments' && id)
    return { view: 'runs', experimentId: id, filter, order, deleted: get('deleted') === 'yes' };
  if (kind === 'runs' && id) return { view: 'run', runId: id, metric };
  if (kind === 'compare' && !id) return { view: 'compare', runIds: get('runs').split(',').filter(Boolean), metric };
  if (kind === 'models' && !id) return { view: 'models', filter, order };
  if (kind === 'models' && id) return { view: 'model', name: id };
  return nowhere;
}

function address(path: readonly string[], query: Readonly<Record<string, string>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const search = given.length > 0 ? `?${new URLSearchParams(given)}` : '';
  return `#/${path.map(encodeURIComponent).join('/')}${search}`;
}

/** The fragment that names a route. */
export function hrefOf(route: Route): string {
  switch (route.view) {
    case 'trading':
      return '#/';
    case 'experiments':
    case 'models':
      return address([route.view], { filter: route.filter, order: route.order });
    case 'runs': {
      const { experimentId, filter, order, deleted } = route;
      return address(['experiments', experimentId], { filter, order, deleted: deleted ? 'yes' : '' });
    }
    case 'run':
      return address(['runs', route.runId], { metric: route.metric });
    case 'compare':
      return address(['compare'], { runs: route.runIds.join(','), metric: route.metric });
    case 'model':
      return address(['models', route.name]);
    case 'nowhere':
      return `#${route.path}`;
  }
}
