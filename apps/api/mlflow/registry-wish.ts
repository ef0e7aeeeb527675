import type { RegistryWish } from '../../../src/core/registry/registry-wish.ts';
import type { MlflowCall, MlflowPorts } from './route.ts';

/** The wish of whoever called, at this moment of wall time, which is what MLflow's times are. */
export function registryWish({ caller }: MlflowCall, { random, wallClock }: MlflowPorts): RegistryWish {
  const id = random.id();
  return {
    id,
    user: caller.user,
    now: wallClock.now(),
    sessionId: `mlflow-${id}`,
    can: (right) => caller.can(right),
    mayUse: (slot) => caller.mayUse(slot),
  };
}
