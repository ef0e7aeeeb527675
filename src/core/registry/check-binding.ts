import { AresError } from '../ares-error.ts';
import { parseSlotId, type SlotId } from '../models/slot.ts';
import { MlflowError } from '../tracking/mlflow-error.ts';
import type { RegistryWish } from './registry-wish.ts';

/** The slot a model is to be bound to. @throws MlflowError INVALID_PARAMETER_VALUE when it is none, PERMISSION_DENIED when the caller may not decide what it trades */
export function checkBinding(wish: RegistryWish, text: string): SlotId {
  try {
    parseSlotId(text);
  } catch (error) {
    if (!(error instanceof AresError)) throw error;
    throw new MlflowError('INVALID_PARAMETER_VALUE', error.message, error.data, error);
  }
  if (wish.can('lifecycle') && wish.mayUse(text)) return text as SlotId;
  throw new MlflowError(
    'PERMISSION_DENIED',
    `binding a model to slot ${text} must be done by somebody who may decide what it trades, was ${wish.user}`,
    { slot: text },
  );
}
