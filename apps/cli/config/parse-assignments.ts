import { AresError } from '../../../src/core/ares-error.ts';
import { DEFAULT_CONFIG } from '../../../src/core/config/live-config.ts';

type Patch = Record<string, unknown>;

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Turns `path=value` words into a patch of the live configuration: `risk.maxDrawdownFraction=0.1` into `{ risk: { maxDrawdownFraction: 0.1 } }`.
 *
 * A value becomes what the setting is: a number, or text, which money is. Whether it is a good one is for the configuration's own rules to say.
 *
 * @throws AresError `USAGE`
 */
export function parseAssignments(words: readonly string[]): Patch {
  const patch: Patch = {};
  const seen = new Set<string>();
  for (const word of words) {
    const [, path = '', text = ''] = /^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)=(.*)$/s.exec(word) ?? [];
    if (path === '') throw new AresError('USAGE', `a setting must be like strategy.entryThreshold=0.55, was "${word}"`);
    if (seen.has(path)) throw new AresError('USAGE', `a setting must be given once, ${path} was given again`);
    seen.add(path);
    place(patch, path, text);
  }
  return patch;
}

function place(patch: Patch, path: string, text: string): void {
  const names = path.split('.');
  const last = names.pop() as string;
  let group = patch;
  let like: unknown = DEFAULT_CONFIG;
  for (const name of names) {
    if (!isGroup(group[name])) group[name] = {};
    group = group[name] as Patch;
    like = isGroup(like) && Object.hasOwn(like, name) ? like[name] : undefined;
  }
  const current = isGroup(like) && Object.hasOwn(like, last) ? like[last] : undefined;
  group[last] = valueLike(current, text);
}

/** Text stays text where it is no number: the refusal then shows what was typed. */
function valueLike(current: unknown, text: string): unknown {
  if (typeof current !== 'number') return text;
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? text : value;
}
