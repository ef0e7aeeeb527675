import type { SlotId } from '../models/slot.ts';
import type { Ledger } from '../ports/ledger.ts';
import { MlflowError } from '../tracking/mlflow-error.ts';
import { CHAMPION, championVersion } from './champion-version.ts';
import { changeRegistry } from './change-registry.ts';
import { checkBinding } from './check-binding.ts';
import { putRegisteredModel, type RegisteredModel, readRegisteredModel } from './registered-model.ts';
import { registryAudit } from './registry-audit.ts';
import type { RegistryWish } from './registry-wish.ts';
import { pairValue } from './text-pairs.ts';

interface Ports {
  readonly ledger: Ledger;
}

export type BindOutcome = { readonly outcome: 'bound' | 'already_bound'; readonly slot: SlotId };
export type UnbindOutcome = { readonly outcome: 'unbound' | 'not_bound'; readonly slot: SlotId | null };

/**
 * Binds a registered model to a slot: versions created from now on become the slot's candidates, and Production and `champion` mean what the slot trades with.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, PERMISSION_DENIED; BAD_REQUEST when one of its versions is in production already
 */
export function bindSlot(
  wish: RegistryWish & { readonly name: string; readonly slot: string },
  { ledger }: Ports,
): Promise<BindOutcome> {
  const { name } = wish;
  return changeRegistry<BindOutcome>(ledger, wish, 'binding', async () => {
    const { model, revision } = await readRegisteredModel(ledger, name);
    const slot = checkBinding(wish, wish.slot);
    if (model.slot === slot) return { result: { outcome: 'already_bound', slot } };
    if (model.slot !== null) checkBinding(wish, model.slot);
    await refuseWhileTrading(ledger, model, `binding it to ${slot}`);
    refuseOwnProduction(model, slot);
    return {
      result: { outcome: 'bound', slot },
      writes: [putRegisteredModel({ ...model, slot, everBound: true, latest: [] }, revision)],
      audit: [registryAudit(wish, 'RegisteredModelBound', { name, slot, previousSlot: model.slot })],
    };
  });
}

/**
 * Ends a binding; versions that are models of the slot stay what they are there.
 *
 * @throws MlflowError as {@link bindSlot}
 */
export function unbindSlot(wish: RegistryWish & { readonly name: string }, { ledger }: Ports): Promise<UnbindOutcome> {
  const { name } = wish;
  return changeRegistry<UnbindOutcome>(ledger, wish, 'binding', async () => {
    const { model, revision } = await readRegisteredModel(ledger, name);
    const { slot } = model;
    if (slot === null) return { result: { outcome: 'not_bound', slot } };
    checkBinding(wish, slot);
    await refuseWhileTrading(ledger, model, 'unbinding it');
    return {
      result: { outcome: 'unbound', slot },
      writes: [putRegisteredModel({ ...model, slot: null }, revision)],
      audit: [registryAudit(wish, 'RegisteredModelUnbound', { name, slot })],
    };
  });
}

async function refuseWhileTrading(ledger: Ledger, model: RegisteredModel, what: string): Promise<void> {
  const champion = await championVersion(ledger, model);
  if (champion === undefined) return;
  throw new MlflowError(
    'BAD_REQUEST',
    `registered model ${model.name} must have no version in production for ${what}, version ${champion} is what slot ${model.slot} trades with: promote another model there first (./ares promote RUN), or go back (./ares rollback)`,
    { name: model.name, version: champion, slot: model.slot },
  );
}

/** What was called so before the binding would be a champion that the slot does not know. */
function refuseOwnProduction({ name, latest, aliases }: RegisteredModel, slot: SlotId): void {
  const staged = latest.find(([stage]) => stage === 'Production')?.[1];
  const named = pairValue(aliases, CHAMPION);
  const version = staged ?? named;
  if (version === undefined) return;
  const how = staged === undefined ? `has the alias ${CHAMPION}` : 'is in stage Production';
  throw new MlflowError(
    'BAD_REQUEST',
    `registered model ${name} must have no version in production to be bound to ${slot}, version ${version} ${how}: take that away first, bind the model, and create the version anew`,
    { name, version, slot },
  );
}
