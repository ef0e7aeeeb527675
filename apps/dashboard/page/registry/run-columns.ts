import { keysOf } from './keys-of.ts';
import type { Run } from './mlflow-types.ts';

export interface RunColumn {
  /** As an order names it: `metrics.accuracy`, `params.leaves`. */
  readonly id: string;
  readonly kind: 'metrics' | 'params';
  readonly key: string;
  readonly shown: boolean;
}

/** So many of each kind are shown until somebody chooses. */
const SHOWN = 5;

/**
 * The columns that a table of runs can have for its metrics and parameters.
 *
 * @param chosen what somebody chose to show or hide, by column id
 * @param sortedBy always shown, whatever it is
 */
export function runColumns(
  runs: readonly Run[],
  chosen: ReadonlyMap<string, boolean>,
  sortedBy: string,
): readonly RunColumn[] {
  const columns = (kind: RunColumn['kind']): readonly RunColumn[] => {
    const keys = keysOf(runs.map(({ data }) => data[kind]));
    const prefix = `${kind}.`;
    const sorted = sortedBy.startsWith(prefix) ? sortedBy.slice(prefix.length) : undefined;
    const all = sorted === undefined || keys.includes(sorted) ? keys : [...keys, sorted];
    return all.map((key, i) => {
      const id = prefix + key;
      return { id, kind, key, shown: key === sorted || (chosen.get(id) ?? i < SHOWN) };
    });
  };
  return [...columns('metrics'), ...columns('params')];
}
