import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MlflowError } from '../../../../src/core/tracking/mlflow-error.ts';
import { compareText } from '../../../../src/core/tracking/search/compare-text.ts';
import { matchesLike } from '../../../../src/core/tracking/search/matches-like.ts';
import { parseFilter } from '../../../../src/core/tracking/search/parse-filter.ts';
import { parseOrderBy } from '../../../../src/core/tracking/search/parse-order-by.ts';
import type { Searchable } from '../../../../src/core/tracking/search/searchable.ts';
import { searchedValue } from '../../../../src/core/tracking/search/searched-value.ts';
import { tokenizeFilter } from '../../../../src/core/tracking/search/tokenize-filter.ts';

const KINDS = ['runs', 'experiments', 'registered-models', 'model-versions', 'logged-models'] as const;
const PIECES = [
  ...['metrics.', 'params.', 'tags.', 'datasets.name', 'name', 'run_id', 'status', 'start_time', 'acc', '`a b`', '"a"'],
  ...["'x'", "''", "'", '"', '`', '(', ')', ',', ';', '.', '1', '-1.5e3', ' ', '\n', '%', '\\', '😀', '\ud800'],
  ...['=', '!=', '<', '>=', ' AND ', ' OR ', ' NOT ', ' IN ', ' LIKE ', ' ILIKE ', ' IS ', ' NULL', ' DESC', ' ASC'],
];

const anyFilter = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((pieces) => pieces.join('')),
);
const shortText = fc.string({ unit: fc.constantFrom('a', 'A', 'b', '%', '_', 'é', '😀', '\n'), maxLength: 8 });
const anyMetric = fc.oneof(
  fc.double(),
  fc.constantFrom(0, 1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);

const anyRun: fc.Arbitrary<Searchable> = fc.record({
  attributes: fc.record({
    run_id: fc.uuid(),
    start_time: fc.integer({ min: 0, max: 3 }),
    end_time: fc.option(fc.integer({ min: 0, max: 3 })),
    status: fc.constantFrom('RUNNING', 'FINISHED'),
  }),
  metrics: fc.dictionary(fc.constantFrom('acc', 'loss'), anyMetric),
  params: fc.dictionary(fc.constantFrom('lr', 'opt'), shortText),
  tags: fc.dictionary(fc.constantFrom('owner', 'stage'), fc.constantFrom('ana', 'Ana', 'bo', '')),
});

const anyTerm = fc.constantFrom(
  ...['metrics.acc > 0', 'metrics.loss != 1', 'metrics.acc = 0', "params.lr LIKE '%a'", 'params.opt IS NULL'],
  ...["tags.owner = 'ana'", "tags.stage != 'bo'", "tags.owner ILIKE 'ANA'", "status = 'RUNNING'", 'end_time < 2'],
);

function likeAsPattern(pattern: string, flags: string): RegExp {
  const source = [...pattern].map((c) =>
    c === '%' ? '[^]*' : c === '_' ? '[^]' : c.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&'),
  );
  return new RegExp(`^${source.join('')}$`, flags);
}

describe('a filter', () => {
  it('is split into tokens that lose no character', () => {
    fc.assert(
      fc.property(anyFilter, (text) => {
        const texts = tokenizeFilter(text).map((token) => token.text);
        expect(texts.join('')).toBe(text);
      }),
    );
  });

  it('is understood or refused as a wrong parameter, whatever it says', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), anyFilter, anyRun, (kind, text, entity) => {
        try {
          expect(typeof parseFilter(kind, text).matches(entity)).toBe('boolean');
        } catch (error) {
          expect(error).toBeInstanceOf(MlflowError);
          expect(error).toHaveProperty('code', 'INVALID_PARAMETER_VALUE');
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('finds a tag by any key and value that quotes can hold', () => {
    const key = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !/[`'"]/u.test(text));
    const value = fc.string({ unit: 'grapheme' }).filter((text) => !/['\\]/u.test(text));
    fc.assert(
      fc.property(key, value, value, (name, wanted, other) => {
        const { matches, equalities } = parseFilter('runs', `tags.\`${name}\` = '${wanted}'`);
        expect(matches({ attributes: {}, tags: { [name]: wanted } })).toBe(true);
        expect(matches({ attributes: {}, tags: { [name]: other } })).toBe(other === wanted);
        expect(matches({ attributes: {} })).toBe(false);
        expect(equalities).toEqual([{ entity: 'tag', key: name, value: wanted }]);
      }),
    );
  });

  it('of several terms is their conjunction, in any order', () => {
    fc.assert(
      fc.property(fc.array(anyTerm, { minLength: 1, maxLength: 4 }), anyRun, (terms, run) => {
        const each = terms.every((term) => parseFilter('runs', term).matches(run));
        expect(parseFilter('runs', terms.join(' AND ')).matches(run)).toBe(each);
        expect(parseFilter('runs', terms.toReversed().join(' and ')).matches(run)).toBe(each);
      }),
    );
  });

  it('names only equalities that every match fulfils', () => {
    fc.assert(
      fc.property(fc.array(anyTerm, { minLength: 1, maxLength: 3 }), anyRun, (terms, run) => {
        const { matches, equalities } = parseFilter('runs', terms.join(' AND '));
        fc.pre(matches(run));
        // 0 = -0, as for the filter.
        for (const { value, ...field } of equalities) expect(searchedValue(run, field) === value).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('does not take longer than its length allows', () => {
    const pattern = `${'%a'.repeat(1000)}b`;
    expect(matchesLike(pattern, false)('a'.repeat(10_000))).toBe(false);
    for (const text of [
      '('.repeat(9_999),
      "'".repeat(9_999),
      '`'.repeat(9_999),
      `${'a+'.repeat(4_000)}a`,
      `'${"\\'".repeat(50_000)}`,
    ]) {
      expect(() => parseFilter('runs', text)).toThrow(MlflowError);
    }
    expect(() => parseFilter('runs', '('.repeat(10_001))).toThrow('A filter must have at most 10000 tokens, had 10001');
  });
});

describe('LIKE', () => {
  it.each([
    ['LIKE', false, 'u'],
    ['ILIKE', true, 'u'],
  ])('%s takes %% for any text and _ for one character', (_, ignoreCase, flags) => {
    const fold = (text: string) => (ignoreCase ? text.replace(/[A-Z]/gu, (letter) => letter.toLowerCase()) : text);
    fc.assert(
      fc.property(shortText, shortText, (pattern, text) => {
        expect(matchesLike(pattern, ignoreCase)(text)).toBe(likeAsPattern(fold(pattern), flags).test(fold(text)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('an ordering', () => {
  const clause = fc.constantFrom(
    'metrics.acc',
    'metrics.loss',
    'params.lr',
    'tags.owner',
    'end_time',
    'status',
    'start_time',
  );
  const order = fc
    .uniqueArray(clause, { maxLength: 3 })
    .chain((fields) => fc.tuple(...fields.map((field) => fc.constantFrom(field, `${field} ASC`, `${field} DESC`))));
  const runs = fc.uniqueArray(anyRun, { maxLength: 12, selector: (run) => run.attributes.run_id });

  it('gives one sequence, however the runs came', () => {
    fc.assert(
      fc.property(order, runs, (clauses, listed) => {
        const { compare } = parseOrderBy('runs', clauses);
        const sorted = listed.toSorted(compare);
        expect(listed.toReversed().toSorted(compare)).toEqual(sorted);
        for (const [at, a] of sorted.entries())
          for (const b of sorted.slice(at + 1)) expect(compare(a, b)).toBeLessThan(0);
      }),
    );
  });

  it('puts numbers first, then what is not a number, then what is not there', () => {
    fc.assert(
      fc.property(fc.constantFrom('ASC', 'DESC'), runs, (direction, listed) => {
        const sorted = listed.toSorted(parseOrderBy('runs', [`metrics.acc ${direction}`]).compare);
        const ranks = sorted.map(({ metrics = {} }) =>
          metrics.acc === undefined ? 2 : Number(Number.isNaN(metrics.acc)),
        );
        expect(ranks).toEqual(ranks.toSorted());
      }),
    );
  });

  it('of texts is that of their UTF-8 bytes', () => {
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom('a', 'é', '\uffee', '😀', '\ue000'), fc.string({ unit: 'binary', maxLength: 1 })),
    });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
