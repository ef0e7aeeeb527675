/**
 * What a caller needs for a route. `read`: sees; `track`: writes experiments, runs, logged models and artifacts; `register`: writes registered models and versions, except
 * what decides which one trades; `label`: stages and aliases, where they decide nothing that trades; `lifecycle`: what decides that, too; `open`: nothing, health only.
 */
export type Right = 'open' | 'read' | 'track' | 'register' | 'label' | 'lifecycle';

export const RIGHTS = ['open', 'read', 'track', 'register', 'label', 'lifecycle'] as const satisfies readonly Right[];
