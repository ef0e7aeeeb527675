import { links } from './registry/links.ts';
import type { Route } from './registry/route.ts';

const parts: readonly (readonly [string, string, readonly Route['view'][]])[] = [
  ['Trading', '#/', ['trading']],
  ['Experiments', links.experiments, ['experiments', 'runs', 'run', 'compare']],
  ['Models', links.models, ['models', 'model']],
];

/** The page's parts. */
export function PageNav({ view }: Pick<Route, 'view'>) {
  return (
    <nav aria-label="Parts of the page">
      <ul>
        {parts.map(([name, href, views]) => (
          <li key={name}>
            <a href={href} aria-current={views.includes(view) ? 'page' : undefined}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
