import type { Run } from './mlflow-types.ts';
import { runDuration } from './run-facts.ts';

/** The server does not sort by duration, so what is shown is sorted here; runs that still run come last. */
export function sortByDuration(runs: readonly Run[], descending: boolean): readonly Run[] {
  const sign = descending ? -1 : 1;
  return runs.toSorted((a, b) => {
    const [one, other] = [runDuration(a), runDuration(b)];
    if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
    return sign * (one - other);
  });
}
