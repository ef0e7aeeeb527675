import * as z from 'zod';
import { AresError } from '../ares-error.ts';
import { keys } from '../ledger-keys.ts';
import type { Item, JsonObject, LedgerReader } from '../ports/ledger.ts';
import { DEFAULT_CONFIG, type LiveConfig } from './live-config.ts';
import { validateConfig } from './validate-config.ts';

/** A configuration with its version; version 0 is the defaults, before anybody changed anything. */
export interface VersionedConfig {
  readonly version: number;
  readonly config: LiveConfig;
}

const storedSchema = z.object({ config: z.record(z.string(), z.unknown()) });

/** The configuration in force. @throws AresError `CONFIG_STORED_INVALID` when the stored one does not fit this program */
export async function readConfig(ledger: LedgerReader): Promise<VersionedConfig> {
  const item = await ledger.get(keys.config());
  return item
    ? { version: item.version, config: parseStored(item, item.version) }
    : { version: 0, config: DEFAULT_CONFIG };
}

/** An earlier configuration, `undefined` when there was no such version. @throws AresError `CONFIG_STORED_INVALID` */
export async function readConfigVersion(ledger: LedgerReader, version: number): Promise<LiveConfig | undefined> {
  if (version === 0) return DEFAULT_CONFIG;
  const item = await ledger.get(keys.configVersion(version));
  return item && parseStored(item, version);
}

function parseStored(item: Item, version: number): LiveConfig {
  const stored = storedSchema.safeParse(item.value);
  const result = validateConfig(stored.success ? known(stored.data.config) : item.value);
  if (result.ok) return result.config;
  const problems = result.problems.map(({ field, reason }) => `${field} ${reason}`);
  throw new AresError('CONFIG_STORED_INVALID', `configuration version ${version}: ${problems.join('; ')}`, {
    version,
    problems,
  });
}

/** Without settings that another release wrote and this one does not have; what this one has and that one had not gets its default. */
function known(stored: Readonly<Record<string, unknown>>): unknown {
  const sections = Object.entries(DEFAULT_CONFIG).map(([name, defaults]): [string, unknown] => [
    name,
    keepNames(stored[name], defaults),
  ]);
  return Object.fromEntries(sections.filter(([, section]) => section !== undefined));
}

function keepNames(section: unknown, like: JsonObject): unknown {
  if (typeof section !== 'object' || section === null) return section;
  return Object.fromEntries(Object.entries(section).filter(([name]) => Object.hasOwn(like, name)));
}
