import { keys } from '../ledger-keys.ts';
import type { Ledger } from '../ports/ledger.ts';
import { changeRegistry } from './change-registry.ts';
import { checkModelName } from './check-names.ts';
import { alreadyExists } from './create-registered-model.ts';
import {
  findRegisteredModel,
  putRegisteredModel,
  type RegisteredModel,
  readRegisteredModel,
} from './registered-model.ts';
import { registryAudit } from './registry-audit.ts';
import type { RegistryWish } from './registry-wish.ts';
import { requireSlotUse } from './require-slot-use.ts';

interface Ports {
  readonly ledger: Ledger;
}

/** Gives a model another description. @throws MlflowError INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, PERMISSION_DENIED */
export function describeRegisteredModel(
  wish: RegistryWish & { readonly name: string; readonly description: string },
  { ledger }: Ports,
): Promise<RegisteredModel> {
  const { name, description, now } = wish;
  return changeRegistry(ledger, wish, 'description', async () => {
    const { model, revision } = await readRegisteredModel(ledger, name);
    requireSlotUse(wish, model);
    const result = { ...model, description, updatedAt: now };
    return {
      result,
      writes: [putRegisteredModel(result, revision)],
      audit: [registryAudit(wish, 'RegisteredModelUpdated', { name, description })],
    };
  });
}

/**
 * Gives a model another name; its versions, aliases and tags stay where they are.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, RESOURCE_ALREADY_EXISTS, PERMISSION_DENIED
 */
export function renameRegisteredModel(
  wish: RegistryWish & { readonly name: string; readonly newName: string },
  { ledger }: Ports,
): Promise<RegisteredModel> {
  const { name, newName, now } = wish;
  checkModelName(newName, 'new_name');
  return changeRegistry(ledger, wish, 'rename', async () => {
    const { model, revision } = await readRegisteredModel(ledger, name);
    requireSlotUse(wish, model);
    const result = { ...model, name: newName, updatedAt: now, renamedAt: now };
    const audit = [registryAudit(wish, 'RegisteredModelRenamed', { name, newName })];
    if (newName === name) return { result, writes: [putRegisteredModel(result, revision)], audit };
    if (await findRegisteredModel(ledger, newName)) throw alreadyExists(newName);
    const nameKey = keys.registeredModelName(model.id);
    const known = await ledger.get(nameKey);
    return {
      result,
      writes: [
        { kind: 'delete', key: keys.registeredModel(name), expected: revision },
        putRegisteredModel(result, 'absent'),
        { kind: 'put', key: nameKey, expected: known?.version ?? 'absent', value: { name: newName } },
      ],
      audit,
    };
  });
}
