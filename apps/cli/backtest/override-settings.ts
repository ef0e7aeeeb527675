import { AresError } from '../../../src/core/ares-error.ts';
import type { LiveConfig } from '../../../src/core/config/live-config.ts';
import { validateConfig } from '../../../src/core/config/validate-config.ts';
import { parseAssignments } from '../config/parse-assignments.ts';

/**
 * A configuration with some settings replaced, checked as a whole.
 *
 * @param words `path=value`, like `exits.stopLossFraction=0.02`
 * @throws AresError `USAGE` naming every setting that is not as it must be
 */
export function overrideSettings(config: LiveConfig, words: readonly string[]): LiveConfig {
  const candidate: Record<string, unknown> = { ...config };
  for (const [section, settings] of Object.entries(parseAssignments(words))) {
    const current = candidate[section];
    const isSection = typeof current === 'object' && typeof settings === 'object';
    candidate[section] = isSection ? { ...current, ...settings } : settings;
  }
  const checked = validateConfig(candidate);
  if (checked.ok) return checked.config;
  const problems = checked.problems.map(({ field, reason }) => `${field} ${reason}`);
  throw new AresError('USAGE', `--set: ${problems.join('; ')}`, { problems });
}

/** One path and value a setting, for a report. */
export function flatSettings(config: LiveConfig): Readonly<Record<string, string | number>> {
  const lines = Object.entries(config).flatMap(([section, settings]) =>
    Object.entries(settings).map(([name, value]) => [`${section}.${name}`, value as string | number] as const),
  );
  return Object.fromEntries(lines);
}
