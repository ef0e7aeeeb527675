import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { handlers } from '../../../apps/local/handlers.generated.ts';
import { functions, hostedFunctions } from '../../../src/compose/wiring.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const sourceOf = (name: string): string => readFileSync(`${root}functions/${name}/handler.ts`, 'utf8');
const importedPorts = (source: string): string[] =>
  [...source.matchAll(/from '#port\/([a-z-]+)'/g)].map(([, port]) => port as string);

/** These hold nothing and reach nothing outside the process, so there is nothing to grant. */
const ungranted = ['log', 'monotonic', 'random', 'signature-reader', 'timers', 'wall-clock'];

const wrappers: readonly (readonly [kind: string, wrapper: string])[] = [
  ['outbox', 'streamHandler'],
  ['http', 'httpHandler'],
];

describe('the functions of the wiring table', () => {
  const names = functions.map(({ name }) => name as string).toSorted();

  it('have a folder each, and no folder is without a row', () => {
    expect(readdirSync(`${root}functions`).toSorted()).toEqual(names);
  });

  it.each(functions)('$name imports exactly the ports its row grants', ({ name, grants }) => {
    const granted = importedPorts(sourceOf(name)).filter((port) => !ungranted.includes(port));
    expect(granted.toSorted()).toEqual(Object.keys(grants).toSorted());
  });

  it.each(functions)('$name names itself, and decides nothing in its handler', ({ name, triggers }) => {
    const source = sourceOf(name);
    const own = wrappers.find(([started]) => triggers.some(({ kind }) => kind === started));
    const wrapper = own?.[1] ?? 'eventHandler';
    expect(source).toContain(`export const handler = ${wrapper}('${name}', `);
    expect(source).not.toMatch(/\b(if|for|while|switch|function|await)\b|=>/);
    expect(source.trim().split('\n').length).toBeLessThanOrEqual(12);
  });

  it('are the ones the function host of one machine can load, but for those whose work it or a server does itself', () => {
    expect(Object.keys(handlers)).toEqual(hostedFunctions.map(({ name }) => name));
    expect(names.filter((name) => !(name in handlers))).toEqual(['relay-outbox', 'serve-registry']);
    const check = ['--conditions=local', `${root}scripts/generate-handlers.ts`, '--check'];
    expect(() => execFileSync(process.execPath, check, { stdio: 'pipe' })).not.toThrow();
  });
});
