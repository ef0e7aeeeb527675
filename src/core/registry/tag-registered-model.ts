import type { Ledger } from '../ports/ledger.ts';
import { bindSlot, unbindSlot } from './bind-slot.ts';
import { changeRegistry } from './change-registry.ts';
import { checkModelName, checkTag, checkTagKey } from './check-names.ts';
import { refusePrompt } from './create-registered-model.ts';
import { putRegisteredModel, readRegisteredModel } from './registered-model.ts';
import { registryAudit } from './registry-audit.ts';
import { SLOT_TAG } from './registry-json.ts';
import type { RegistryWish } from './registry-wish.ts';
import { requireSlotUse } from './require-slot-use.ts';
import { pairValue, withoutPair, withPair } from './text-pairs.ts';

interface Ports {
  readonly ledger: Ledger;
}

/** Sets a tag; `ares.slot` binds the model to a slot. @throws MlflowError INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, PERMISSION_DENIED, and what binding throws */
export async function setModelTag(
  wish: RegistryWish & { readonly name: string; readonly key: string; readonly value: string },
  ports: Ports,
): Promise<void> {
  const { name, key, value } = wish;
  checkModelName(name);
  checkTag(key, value);
  refusePrompt([[key, value]]);
  if (key === SLOT_TAG) return void (await bindSlot({ ...wish, slot: value }, ports));
  const { ledger } = ports;
  return changeRegistry(ledger, wish, 'model tag', async () => {
    const { model, revision } = await readRegisteredModel(ledger, name);
    requireSlotUse(wish, model);
    if (pairValue(model.tags, key) === value) return { result: undefined };
    const tags = withPair(model.tags, key, value).map(([k, v]): [string, string] => [k, v]);
    return {
      result: undefined,
      writes: [putRegisteredModel({ ...model, tags }, revision)],
      audit: [registryAudit(wish, 'RegisteredModelTagged', { name, key, value })],
    };
  });
}

/** Takes a tag away, if it is there; `ares.slot` unbinds. Errors as {@link setModelTag}. */
export async function deleteModelTag(
  wish: RegistryWish & { readonly name: string; readonly key: string },
  ports: Ports,
): Promise<void> {
  const { name, key } = wish;
  checkModelName(name);
  checkTagKey(key);
  if (key === SLOT_TAG) return void (await unbindSlot(wish, ports));
  const { ledger } = ports;
  return changeRegistry(ledger, wish, 'model tag', async () => {
    const { model, revision } = await readRegisteredModel(ledger, name);
    requireSlotUse(wish, model);
    if (pairValue(model.tags, key) === undefined) return { result: undefined };
    const tags = withoutPair(model.tags, key).map(([k, v]): [string, string] => [k, v]);
    return {
      result: undefined,
      writes: [putRegisteredModel({ ...model, tags }, revision)],
      audit: [registryAudit(wish, 'RegisteredModelUntagged', { name, key })],
    };
  });
}
