import { newEvent } from '../events/catalogue.ts';
import { type Command, metadataOf } from '../events/command.ts';
import { keys } from '../ledger-keys.ts';
import type { Ledger } from '../ports/ledger.ts';
import { CONFLICT, retryOnConflict } from '../retry-on-conflict.ts';
import { type ConfigChange, diffConfig } from './config-diff.ts';
import type { LiveConfig } from './live-config.ts';
import { loosenedLimits } from './loosened-limits.ts';
import { readConfig, readConfigVersion, type VersionedConfig } from './read-config.ts';
import { type ConfigProblem, validateConfig } from './validate-config.ts';

export type ConfigOutcome =
  | {
      readonly outcome: 'updated';
      readonly version: number;
      readonly config: LiveConfig;
      readonly changes: readonly ConfigChange[];
      /** Limits that let more happen now; tightened ones need no reason and are in force at once. */
      readonly loosens: readonly string[];
      /** This command had been carried out before: what stands here is what is in force now. */
      readonly repeated: boolean;
    }
  /** Nothing would differ, so no version was made. */
  | { readonly outcome: 'unchanged'; readonly version: number }
  | { readonly outcome: 'invalid'; readonly problems: readonly ConfigProblem[] }
  /** Somebody changed the configuration since it was read. */
  | { readonly outcome: 'conflict'; readonly expectedVersion: number; readonly version: number }
  | { readonly outcome: 'unknown_version'; readonly version: number }
  /** Limits would be loosened, and nobody said why: nothing was changed. */
  | { readonly outcome: 'reason_missing'; readonly loosens: readonly string[] };

/** Somebody's wish for other settings; `reason` must be there where it loosens a limit, and stands in the audit entry wherever it is. */
type ConfigCommand = Command & { readonly reason?: string };

interface ConfigPorts {
  readonly ledger: Ledger;
}

/**
 * Changes settings while everything runs, as one new version or not at all. What loosens a limit needs a reason, and the audit entry names it.
 *
 * @param request.patch sections and settings to change, the others stay, also those given as `undefined`; checked together with them
 * @param request.expectedVersion the version the wish was formed on; without it the change applies to whatever is in force
 *
 * @example await updateConfig({ ...command, patch: { strategy: { entryThreshold: 0.55 } } }, { ledger })
 */
export function updateConfig(
  request: ConfigCommand & { readonly patch: unknown; readonly expectedVersion?: number },
  ports: ConfigPorts,
): Promise<ConfigOutcome> {
  return change(request, ports, 'update', {}, async (current) => {
    const { expectedVersion, patch } = request;
    if (expectedVersion !== undefined && expectedVersion !== current.version) {
      return { outcome: 'conflict', expectedVersion, version: current.version };
    }
    const result = validateConfig(merge(current.config, patch));
    return result.ok ? result.config : { outcome: 'invalid', problems: result.problems };
  });
}

/** Puts an earlier version's settings in force again, as a new version; version 0 is the defaults. It loosens limits like any other change. */
export function restoreConfig(
  request: ConfigCommand & { readonly version: number },
  ports: ConfigPorts,
): Promise<ConfigOutcome> {
  const { version } = request;
  return change(request, ports, 'restore', { restoredVersion: version }, async () => {
    return (await readConfigVersion(ports.ledger, version)) ?? { outcome: 'unknown_version', version };
  });
}

function change(
  command: ConfigCommand,
  { ledger }: ConfigPorts,
  action: 'update' | 'restore',
  details: { readonly restoredVersion?: number },
  decide: (
    current: VersionedConfig,
  ) => Promise<LiveConfig | Exclude<ConfigOutcome, { outcome: 'updated' | 'unchanged' }>>,
): Promise<ConfigOutcome> {
  return retryOnConflict('the configuration change', async () => {
    const current = await readConfig(ledger);
    const decided = await decide(current);
    if ('outcome' in decided) return decided;
    const changes = diffConfig(current.config, decided);
    if (changes.length === 0) return { outcome: 'unchanged', version: current.version };

    const reason = command.reason?.trim() ?? '';
    const loosens = loosenedLimits(changes);
    if (loosens.length > 0 && reason === '') return { outcome: 'reason_missing', loosens };

    const { user, now, sessionId } = command;
    const version = current.version + 1;
    const value = { version, config: decided, updatedAt: now, updatedBy: user };
    const token = `config:${command.id}`;
    const committed = await ledger.commit({
      token,
      writes: [
        { kind: 'put', key: keys.config(), expected: current.version === 0 ? 'absent' : current.version, value },
        { kind: 'put', key: keys.configVersion(version), expected: 'absent', value },
      ],
      audit: [
        {
          stream: 'config',
          timestamp: now,
          eventType: 'ConfigChanged',
          user,
          action,
          details: {
            version,
            previousVersion: current.version,
            changes: changes.map((c) => ({ ...c })),
            ...(loosens.length > 0 ? { loosens } : {}),
            ...(reason === '' ? {} : { reason }),
            ...details,
          },
          sessionId,
        },
      ],
      events: [
        newEvent('ConfigChanged', metadataOf(command, { token, index: 0, slot: null, sequence: version }), {
          version,
          changed: changes.map(({ field }) => field),
        }),
      ],
    });
    if (committed.outcome === 'conflict') return CONFLICT;
    if (!committed.repeated) return { outcome: 'updated', version, config: decided, changes, loosens, repeated: false };
    return { outcome: 'updated', ...(await readConfig(ledger)), changes: [], loosens: [], repeated: true };
  });
}

const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merge(base: unknown, patch: unknown): unknown {
  if (!isPlainObject(base) || !isPlainObject(patch)) return patch;
  const merged = new Map<string, unknown>(Object.entries(base));
  for (const [name, value] of Object.entries(patch)) {
    // A setting that is named without a value is not one that should fall back to its default.
    if (value !== undefined) merged.set(name, merge(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}
