import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderClause, orderText, parseOrder, pressed } from '../../../../../apps/dashboard/page/registry/order.ts';
import { quoted } from '../../../../../apps/dashboard/page/registry/quoted.ts';
import { parseOrderBy } from '../../../../../src/core/tracking/search/parse-order-by.ts';

describe('the order of a table', () => {
  it('comes back from its address', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z_.]{0,20}$/), fc.boolean(), (key, descending) => {
        expect(parseOrder(orderText({ key, descending }))).toEqual({ key, descending });
      }),
    );
  });

  it('begins with the highest figure and with the first text, and turns when pressed again', () => {
    const start = parseOrder('-start_time');
    const accuracy = pressed(start, 'metrics.accuracy', false);
    expect(accuracy).toEqual({ key: 'metrics.accuracy', descending: true });
    expect(pressed(accuracy, 'metrics.accuracy', false)).toEqual({ key: 'metrics.accuracy', descending: false });
    expect(pressed(accuracy, 'run_name', true)).toEqual({ key: 'run_name', descending: false });
  });

  it('is a clause that the server understands, whatever characters a metric has', () => {
    for (const key of ['accuracy', 'val loss', 'eval/f1', 'a.b-c_d']) {
      const clause = orderClause({ key: `metrics.${key}`, descending: true });
      expect(clause).toBe(`metrics.\`${key}\` DESC`);
      expect(() => parseOrderBy('runs', [clause])).not.toThrow();
    }
    for (const key of ['start_time', 'status', 'run_name']) {
      expect(orderClause({ key, descending: false })).toBe(`${key} ASC`);
      expect(() => parseOrderBy('runs', [`${key} ASC`])).not.toThrow();
    }
  });
});

describe('a quoted text', () => {
  it('is in the quotes that it does not hold', () => {
    expect([quoted('btc'), quoted("ada's")]).toEqual(["'btc'", '"ada\'s"']);
  });
});
