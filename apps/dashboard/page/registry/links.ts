import { hrefOf } from './route.ts';

/** Addresses of the registry's parts, as they are before anything is filtered or sorted. */
export const links = {
  experiments: hrefOf({ view: 'experiments', filter: '', order: '' }),
  models: hrefOf({ view: 'models', filter: '', order: '' }),
  experiment: (experimentId: string): string =>
    hrefOf({ view: 'runs', experimentId, filter: '', order: '', deleted: false }),
  run: (runId: string): string => hrefOf({ view: 'run', runId, metric: '' }),
  compare: (runIds: readonly string[]): string => hrefOf({ view: 'compare', runIds, metric: '' }),
  model: (name: string): string => hrefOf({ view: 'model', name }),
};
