/**
 * What a caller needs for a route. `read`: sees; `track`: writes experiments, runs, logged models and artifacts; `register`: writes registered models and versions, except
 * what decides which one trades; `lifecycle`: stages, aliases, promotion; `open`: nothing, health only.
 */
export type Right = 'open' | 'read' | 'track' | 'register' | 'lifecycle';

export const RIGHTS = ['open', 'read', 'track', 'register', 'lifecycle'] as const satisfies readonly Right[];
