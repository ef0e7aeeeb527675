import type { Ledger, LedgerReader } from '../ports/ledger.ts';
import { MlflowError } from '../tracking/mlflow-error.ts';
import { CHAMPION, championVersion, liveAliases } from './champion-version.ts';
import { changeRegistry } from './change-registry.ts';
import { checkAlias, checkModelName, checkNewAlias } from './check-names.ts';
import { latestVersions } from './latest-versions.ts';
import { type LiveVersion, liveVersion } from './live-version.ts';
import { findVersion, readVersion } from './model-version.ts';
import { type PromotionPorts, promoteVersion } from './promote-version.ts';
import { putRegisteredModel, type RegisteredModel, readRegisteredModel } from './registered-model.ts';
import { registryAudit } from './registry-audit.ts';
import type { RegistryWish } from './registry-wish.ts';
import { requireSlotUse } from './require-slot-use.ts';
import { pairValue, type TextPairs, withoutPair, withPair } from './text-pairs.ts';

const numbers = (pairs: TextPairs<number>) => pairs.map(([alias, version]): [string, number] => [alias, version]);

/**
 * Lets an alias name a version; of a model that is bound to a slot, `champion` promotes it.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, PERMISSION_DENIED, and what a promotion throws
 */
export async function setAlias(
  wish: RegistryWish & { readonly name: string; readonly alias: string; readonly version: string },
  ports: PromotionPorts,
): Promise<void> {
  const { name, alias } = wish;
  checkModelName(name);
  checkNewAlias(alias);
  const { version, of } = await readVersion(ports.ledger, name, wish.version);
  if (alias === CHAMPION && of.model.slot !== null) {
    return promoteVersion(wish, { name, version, how: `alias ${CHAMPION}` }, ports);
  }
  return changeRegistry(ports.ledger, wish, 'alias', async () => {
    const { version: named, of: now } = await readVersion(ports.ledger, name, wish.version);
    requireSlotUse(wish, now.model);
    const previous = pairValue(now.model.aliases, alias);
    if (previous === named.version) return { result: undefined };
    const aliases = numbers(withPair(now.model.aliases, alias, named.version));
    return {
      result: undefined,
      writes: [putRegisteredModel({ ...now.model, aliases }, now.revision)],
      audit: [registryAudit(wish, 'AliasSet', { name, alias, version: named.version, previous: previous ?? null })],
    };
  });
}

/** Takes an alias away, if it is there. @throws MlflowError as {@link setAlias}; BAD_REQUEST for the champion of a slot */
export function deleteAlias(
  wish: RegistryWish & { readonly name: string; readonly alias: string },
  { ledger }: { readonly ledger: Ledger },
): Promise<void> {
  const { name, alias } = wish;
  checkModelName(name);
  checkAlias(alias);
  return changeRegistry(ledger, wish, 'alias', async () => {
    const { model, revision } = await readRegisteredModel(ledger, name);
    requireSlotUse(wish, model);
    if (alias === CHAMPION) await refuseDemotion(ledger, model);
    const version = pairValue(model.aliases, alias);
    if (version === undefined) return { result: undefined };
    const aliases = numbers(withoutPair(model.aliases, alias));
    return {
      result: undefined,
      writes: [putRegisteredModel({ ...model, aliases }, revision)],
      audit: [registryAudit(wish, 'AliasDeleted', { name, alias, version })],
    };
  });
}

async function refuseDemotion(ledger: LedgerReader, model: RegisteredModel): Promise<void> {
  const champion = await championVersion(ledger, model);
  if (champion !== undefined) throw inProduction(model, champion, `lose the alias ${CHAMPION}`);
}

/** Nothing leaves production but by its successor: a slot that trades must have a model. */
export const inProduction = ({ name, slot }: RegisteredModel, version: number, what: string): MlflowError =>
  new MlflowError(
    'BAD_REQUEST',
    `version ${version} of ${name} is in production${slot === null ? '' : ` in slot ${slot}`} and must not ${what}: promote another version (stage Production, alias ${CHAMPION}, or ./ares promote RUN), or go back to an earlier one (./ares rollback)`,
    { name, version },
  );

/** The version that an alias names, or the newest for `latest`, with all aliases of the model. @throws MlflowError INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST */
export async function readVersionByAlias(
  ledger: LedgerReader,
  name: string,
  alias: string,
): Promise<{ readonly model: RegisteredModel; readonly live: LiveVersion; readonly aliases: TextPairs<number> }> {
  checkModelName(name);
  checkAlias(alias);
  const { model } = await readRegisteredModel(ledger, name);
  const aliases = await liveAliases(ledger, model);
  if (alias.toLowerCase() === 'latest') {
    const live = (await latestVersions(ledger, model)).at(-1);
    if (live) return { model, live, aliases };
    throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `Latest version not found for model ${name}.`);
  }
  const number = pairValue(aliases, alias);
  const found = number === undefined ? undefined : await findVersion(ledger, model.id, number);
  if (found) return { model, live: await liveVersion(ledger, found.version), aliases };
  throw new MlflowError('INVALID_PARAMETER_VALUE', `Registered model alias ${alias} not found.`);
}
