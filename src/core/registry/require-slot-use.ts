import { MlflowError } from '../tracking/mlflow-error.ts';
import type { RegisteredModel } from './registered-model.ts';
import type { RegistryWish } from './registry-wish.ts';

/** A model that is bound to a slot is changed only by callers that may act on the slot. @throws MlflowError PERMISSION_DENIED */
export function requireSlotUse({ user, mayUse }: RegistryWish, { name, slot }: RegisteredModel): void {
  if (slot === null || mayUse(slot)) return;
  throw new MlflowError(
    'PERMISSION_DENIED',
    `${user} must be allowed to act on slot ${slot}, to which registered model ${name} is bound`,
    { name, slot },
  );
}
