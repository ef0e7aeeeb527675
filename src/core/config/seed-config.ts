import { AresError } from '../ares-error.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import { updateConfig } from './update-config.ts';

/** Settings by name, like `risk.maxOrderNotional`; money is decimal text. */
export type InitialSettings = Readonly<Record<string, string | number>>;

export type SeedOutcome =
  | { readonly outcome: 'seeded'; readonly version: number }
  /** There was a configuration already, or nothing to change. */
  | { readonly outcome: 'kept'; readonly version: number };

/**
 * Makes a deployment's settings the first version of the live configuration; what somebody configured before stays.
 *
 * Safe to repeat, and for several processes at once: one of them writes.
 *
 * @throws AresError `SETTINGS_INVALID` naming each setting that is wrong, what it must be and what it was
 */
export async function seedConfig(
  request: {
    readonly stage: string;
    readonly settings: InitialSettings;
    readonly now: EpochMillis;
    readonly sessionId: string;
  },
  ports: { readonly ledger: Ledger },
): Promise<SeedOutcome> {
  const { stage, settings, now, sessionId } = request;
  const reason = `initial settings of stage ${stage}`;
  const command = { id: `initial-settings:${stage}`, user: 'deployment', now, sessionId, reason };
  const result = await updateConfig({ ...command, patch: patchOf(settings), expectedVersion: 0 }, ports);
  switch (result.outcome) {
    case 'updated':
      return { outcome: 'seeded', version: result.version };
    case 'invalid': {
      const problems = result.problems.map(({ field, reason }) => `${field} ${reason}`);
      throw new AresError('SETTINGS_INVALID', `the initial settings: ${problems.join('; ')}`, { problems });
    }
    case 'conflict':
    case 'unchanged':
      return { outcome: 'kept', version: result.version };
    default:
      throw new AresError('SETTINGS_INVALID', `the initial settings: ${result.outcome}`, { stage });
  }
}

function patchOf(settings: InitialSettings): Readonly<Record<string, unknown>> {
  const sections = new Map<string, Record<string, unknown>>();
  for (const [path, value] of Object.entries(settings)) {
    const [, section, name] = /^(\w+)\.(\w+)$/.exec(path) ?? [];
    if (!section || !name) {
      const problem = `a setting's name must be like "risk.maxOrderNotional", was "${path}"`;
      throw new AresError('SETTINGS_INVALID', problem, { problems: [problem] });
    }
    sections.set(section, { ...sections.get(section), [name]: value });
  }
  return Object.fromEntries(sections);
}
