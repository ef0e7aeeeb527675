import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AresError } from '../../../src/core/ares-error.ts';
import { type EventPattern, eventPattern } from '../../../src/core/events/pattern.ts';

interface Case {
  readonly pattern: EventPattern;
  readonly event: object;
  readonly verdict: 'match' | 'no match' | 'invalid';
}

const cases = readFileSync(new URL('../../fixtures/event-patterns/verdicts.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);

function verdict(pattern: EventPattern, event: object): string {
  try {
    return eventPattern(pattern)(event) ? 'match' : 'no match';
  } catch (error) {
    if (error instanceof AresError && error.code === 'PATTERN_INVALID') return 'invalid';
    throw error;
  }
}

const messageFor = (pattern: unknown): string => {
  try {
    eventPattern(pattern as EventPattern);
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('event pattern', () => {
  it("gives AWS Event Ruler's verdict on every stored pair", () => {
    expect(cases.length).toBeGreaterThan(1_000);
    const different = cases.filter(({ pattern, event, verdict: expected }) => verdict(pattern, event) !== expected);
    expect(different).toEqual([]);
  });

  it.each([
    [{}, 'event pattern: an object must have at least one field, was empty'],
    [{ a: {} }, 'event pattern at a: an object must have at least one field, was empty'],
    [{ a: [] }, 'event pattern at a: a list must hold at least one value, was empty'],
    [{ a: 'x' }, 'event pattern at a: a field must be an object or a list of values, was "x"'],
    [['a'], 'event pattern: must be an object, was ["a"]'],
    [null, 'event pattern: must be an object, was null'],
    [
      { a: [['x']] },
      'event pattern at a: a value must be a string, a number, true, false, null or an operator, was ["x"]',
    ],
    [{ a: [undefined] }, 'event pattern at a: a value must be JSON, was undefined'],
    [{ a: [{ begins: 'x' }] }, 'event pattern at a: an operator must be one EventBridge knows, was "begins"'],
    [
      { a: [{ prefix: 'x', suffix: 'y' }] },
      'event pattern at a: a condition must have exactly one operator, was {"prefix":"x","suffix":"y"}',
    ],
    [{ a: [{ wildcard: 'a**' }] }, 'event pattern at a: wildcard must not have two stars in a row, was "a**"'],
    [
      { a: [{ cidr: '10.0.0.1' }] },
      'event pattern at a: cidr must be an address, a slash and a mask of less than 32 bits (IPv6: 128), was "10.0.0.1"',
    ],
    [
      { d: { a: [{ numeric: ['>', 5, '<', 4] }] } },
      'event pattern at d.a: numeric must have its upper bound above its lower, was [">",5,"<",4]',
    ],
    [
      { $or: [{ a: [1] }, { exists: [1] }] },
      'event pattern at $or: a field inside $or must not be named like an operator, was exists',
    ],
  ])('refuses %j saying what must be and what was', (pattern, message) => {
    expect(messageFor(pattern)).toBe(message);
  });

  it('refuses $or that multiplies to more than a thousand alternatives', () => {
    const or = { $or: Array.from({ length: 11 }, (_, at) => ({ [`f${at}`]: [1] })) };
    expect(messageFor({ a: or, b: or, c: or })).toContain('$or must multiply to at most 1000 alternatives');
  });

  it('keeps the two families of IP addresses apart', () => {
    expect(eventPattern({ ip: [{ cidr: '::/0' }] })({ ip: '1.2.3.4' })).toBe(false);
    expect(eventPattern({ ip: [{ cidr: '0.0.0.0/0' }] })({ ip: '::1' })).toBe(false);
  });
});

describe('laws of event patterns', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 8 });
  const leaf = fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null));

  it('every event matches the pattern made of its own leaves', () => {
    const event = fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.oneof(leaf, fc.dictionary(fc.constantFrom('x', 'y'), leaf, { minKeys: 1 })),
      { minKeys: 1 },
    );
    const patternOf = (value: object): EventPattern =>
      Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [
          name,
          typeof inner === 'object' && inner !== null ? patternOf(inner) : [inner],
        ]),
      );
    fc.assert(fc.property(event, (value) => eventPattern(patternOf(value))(value)));
  });

  it('anything-but is the negation of its operator wherever the field has one text', () => {
    const operator = fc.constantFrom('prefix', 'suffix', 'equals-ignore-case');
    fc.assert(
      fc.property(
        operator,
        text.filter((value) => value !== ''),
        text,
        (name, operand, value) => {
          const positive = eventPattern({ f: [{ [name]: operand }] })({ f: value });
          const negative = eventPattern({ f: [{ 'anything-but': { [name]: operand } }] })({ f: value });
          return positive !== negative;
        },
      ),
    );
  });

  it('a field either exists or does not', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const event = { a: value };
        return eventPattern({ a: [{ exists: true }] })(event) !== eventPattern({ a: [{ exists: false }] })(event);
      }),
    );
  });

  it('$or matches exactly when one of its branches does', () => {
    const list = fc.dictionary(fc.constantFrom('a', 'b'), fc.array(leaf, { minLength: 1, maxLength: 2 }), {
      minKeys: 1,
    });
    fc.assert(
      fc.property(
        fc.array(list, { minLength: 2, maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b'), leaf),
        (branches, event) => {
          return eventPattern({ $or: branches })(event) === branches.some((branch) => eventPattern(branch)(event));
        },
      ),
    );
  });

  it('a wildcard matches what a regular expression of its pieces matches', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 4 }),
        fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 9 }),
        (pieces, value) => {
          fc.pre(pieces.slice(1, -1).every((inner) => inner !== ''));
          const expression = new RegExp(`^${pieces.map((inner) => inner.replaceAll('.', '\\.')).join('.*')}$`);
          return eventPattern({ f: [{ wildcard: pieces.join('*') }] })({ f: value }) === expression.test(value);
        },
      ),
    );
  });

  it('a numeric range holds what lies in it', () => {
    const bound = fc.integer({ min: -20, max: 20 });
    fc.assert(
      fc.property(bound, bound, bound, (low, high, value) => {
        fc.pre(low < high);
        const within = eventPattern({ f: [{ numeric: ['>', low, '<=', high] }] })({ f: value });
        return within === (value > low && value <= high);
      }),
    );
  });
});
