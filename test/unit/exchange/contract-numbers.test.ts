import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const FOLDER = new URL('../../contract/exchange/', import.meta.url);
const DOCUMENT = new URL('../../../docs/exchanges.md', import.meta.url);

/** The number that a spec's title begins with. */
const TITLE = /(?:it\(\s*|\[\s*)['"]([ROCSTMK]\d+a?) /g;
const titles = readdirSync(FOLDER)
  .filter((name) => name.endsWith('-specs.ts'))
  .flatMap((name) =>
    [...readFileSync(new URL(name, FOLDER), 'utf8').matchAll(TITLE)].map((match) => match[1] as string),
  );
const EACH = /it\.each\([^)]*\)\(\s*['"]([ROCSTMK]\d+a?) /g;
const eachTitles = readdirSync(FOLDER)
  .filter((name) => name.endsWith('-specs.ts'))
  .flatMap((name) =>
    [...readFileSync(new URL(name, FOLDER), 'utf8').matchAll(EACH)].map((match) => match[1] as string),
  );
const specs = new Set([...titles, ...eachTitles]);

const numberOf = (name: string): number => Number(/\d+/.exec(name)?.[0]);

/** Every spec a text names, those of a range included. */
function namedIn(text: string): readonly string[] {
  return [...text.matchAll(/\b([ROCSTMK])(\d+)a?(?:–\1(\d+))?/g)].flatMap(([whole, letter, from, to]) =>
    to === undefined
      ? [whole]
      : Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => `${letter}${Number(from) + i}`),
  );
}

describe('the matrix of what exchanges can do', () => {
  const named = namedIn(readFileSync(DOCUMENT, 'utf8'));

  it('names only specs that there are', () => {
    expect(named.length).toBeGreaterThan(60);
    expect(named.filter((name) => !specs.has(name))).toEqual([]);
  });

  it('names every spec of orders, cancels, transfers, markets and capabilities', () => {
    const wanted = [...specs].filter((name) => /^[OCTMK]/.test(name) && !['O2', 'O28', 'O29'].includes(name));
    expect(wanted.filter((name) => !named.includes(name)).toSorted((a, b) => numberOf(a) - numberOf(b))).toEqual([]);
  });
});
