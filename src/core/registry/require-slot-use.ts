import { MlflowError } from '../tracking/mlflow-error.ts';
import type { RegisteredModel } from './registered-model.ts';
import type { RegistryWish } from './registry-wish.ts';

/** A model that is bound to a slot is changed only by callers that may act on the slot. @throws MlflowError PERMISSION_DENIED */
export function requireSlotUse(
  { user, mayUse }: RegistryWish,
  { name, slot }: Pick<RegisteredModel, 'name' | 'slot'>,
): void {
  if (slot === null || mayUse(slot)) return;
  throw new MlflowError(
    'PERMISSION_DENIED',
    `${user} must be allowed to act on slot ${slot}, to which registered model ${name} is bound`,
    { name, slot },
  );
}

/** What decides about a slot's candidates is for callers that may decide what trades. @throws MlflowError PERMISSION_DENIED */
export function requireSlotDecision(wish: RegistryWish, model: Pick<RegisteredModel, 'name' | 'slot'>): void {
  requireSlotUse(wish, model);
  const { name, slot } = model;
  if (slot === null || wish.can('lifecycle')) return;
  throw new MlflowError(
    'PERMISSION_DENIED',
    `${wish.user} must be an operator to move versions of ${name}, which is bound to slot ${slot}, between stages`,
    { name, slot },
  );
}
