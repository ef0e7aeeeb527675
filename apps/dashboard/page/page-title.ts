import type { Overview } from '../../../src/core/dashboard/overview.ts';
import { money } from './format.ts';
import type { Route } from './registry/route.ts';

function part(route: Route, overview: Overview | undefined): string | undefined {
  switch (route.view) {
    case 'trading': {
      if (!overview) return undefined;
      const { quote, symbol } = overview.slot;
      const equity = overview.account?.equity;
      return equity ? `${money(equity)} ${quote} · ${symbol}` : symbol;
    }
    case 'experiments':
      return 'Experiments';
    case 'runs':
      return 'Runs';
    case 'run':
      return `Run ${route.runId.slice(0, 8)}`;
    case 'compare':
      return 'Compared runs';
    case 'models':
      return 'Models';
    case 'model':
      return route.name;
    case 'nowhere':
      return 'Not found';
  }
}

/** The title that a tab, a bookmark and the history show. */
export function pageTitle(route: Route, overview: Overview | undefined): string {
  const name = part(route, overview);
  return name ? `${name} · Ares` : 'Ares';
}
