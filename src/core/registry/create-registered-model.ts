import { keys } from '../ledger-keys.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Random } from '../ports/random.ts';
import { MlflowError } from '../tracking/mlflow-error.ts';
import { changeRegistry } from './change-registry.ts';
import { checkBinding } from './check-binding.ts';
import { checkModelName, checkTag } from './check-names.ts';
import { findRegisteredModel, putRegisteredModel, type RegisteredModel } from './registered-model.ts';
import { registryAudit } from './registry-audit.ts';
import { SLOT_TAG } from './registry-json.ts';
import type { RegistryWish } from './registry-wish.ts';
import { pairValue, type TextPairs, withoutPair, withPair } from './text-pairs.ts';

const PROMPT_TAG = 'mlflow.prompt.is_prompt';

/** @throws MlflowError INVALID_PARAMETER_VALUE, RESOURCE_ALREADY_EXISTS, NOT_IMPLEMENTED for a prompt, PERMISSION_DENIED for a slot */
export async function createRegisteredModel(
  wish: RegistryWish & { readonly name: string; readonly description: string; readonly tags: TextPairs<string> },
  { ledger, random }: { readonly ledger: Ledger; readonly random: Random },
): Promise<RegisteredModel> {
  const { name, description, now } = wish;
  checkModelName(name);
  for (const [key, value] of wish.tags) checkTag(key, value);
  const tags = wish.tags.reduce((all, [key, value]) => withPair(all, key, value), [] as TextPairs<string>);
  refusePrompt(tags);
  const bound = pairValue(tags, SLOT_TAG);
  const slot = bound === undefined ? null : checkBinding(wish, bound);
  const model: RegisteredModel = {
    id: random.id(),
    name,
    description,
    createdAt: now,
    updatedAt: now,
    renamedAt: null,
    tags: withoutPair(tags, SLOT_TAG).map(([key, value]) => [key, value]),
    aliases: [],
    versions: 0,
    latest: [],
    slot,
    everBound: slot !== null,
  };
  return changeRegistry(ledger, wish, `creation of ${model.id}`, async () => {
    if (await findRegisteredModel(ledger, name)) throw alreadyExists(name);
    return {
      result: model,
      writes: [
        putRegisteredModel(model, 'absent'),
        { kind: 'put', key: keys.registeredModelName(model.id), expected: 'absent', value: { name } },
      ],
      audit: [
        registryAudit(wish, 'RegisteredModelCreated', { name, modelId: model.id, ...(slot === null ? {} : { slot }) }),
      ],
    };
  });
}

export const alreadyExists = (name: string): MlflowError =>
  new MlflowError('RESOURCE_ALREADY_EXISTS', `Registered Model (name=${name}) already exists.`);

/** MLflow keeps prompts as registered models; nothing here would know what to do with one. */
export function refusePrompt(tags: TextPairs<string>): void {
  if (pairValue(tags, PROMPT_TAG)?.toLowerCase() !== 'true') return;
  throw new MlflowError('NOT_IMPLEMENTED', 'Prompts are not offered here: only models are registered.');
}
