import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { links } from '../../../../../apps/dashboard/page/registry/links.ts';
import { hrefOf, parseRoute, type Route } from '../../../../../apps/dashboard/page/registry/route.ts';

const text = fc.string({ unit: 'grapheme' });
const name = fc.string({ unit: 'grapheme', minLength: 1 });
const runId = fc.stringMatching(/^[0-9a-f]{1,32}$/);

const routes: fc.Arbitrary<Route> = fc.oneof(
  fc.constant<Route>({ view: 'trading' }),
  fc.record({ view: fc.constantFrom('experiments' as const, 'models' as const), filter: text, order: text }),
  fc.record({
    view: fc.constant('runs' as const),
    experimentId: name,
    filter: text,
    order: text,
    deleted: fc.boolean(),
  }),
  fc.record({ view: fc.constant('run' as const), runId, metric: text }),
  fc.record({ view: fc.constant('compare' as const), runIds: fc.array(runId), metric: text }),
  fc.record({ view: fc.constant('model' as const), name }),
);

describe('an address of the page', () => {
  it('names one route, whatever names and filters are in it', () => {
    fc.assert(
      fc.property(routes, (route) => {
        expect(parseRoute(hrefOf(route))).toEqual(route);
      }),
    );
  });

  it('is the trading view when it is empty', () => {
    for (const hash of ['', '#', '#/']) expect(parseRoute(hash)).toEqual({ view: 'trading' });
  });

  it('is short where nothing is filtered or sorted', () => {
    expect([
      links.experiments,
      links.models,
      links.experiment('0'),
      links.run('ab'),
      links.model('btc up'),
      links.compare(['a', 'b']),
    ]).toEqual([
      '#/experiments',
      '#/models',
      '#/experiments/0',
      '#/runs/ab',
      '#/models/btc%20up',
      '#/compare?runs=a%2Cb',
    ]);
  });

  it('that leads nowhere says so, a mistyped percent sign too', () => {
    for (const path of ['/nothing', '/runs', '/models/a/b', '/experiments/0/1']) {
      expect(parseRoute(`#${path}`)).toEqual({ view: 'nowhere', path });
    }
    expect(parseRoute('#/models/50%')).toEqual({ view: 'model', name: '50%' });
  });

  it('without a slash before it is the trading view, not a failure', () => {
    expect(parseRoute('#main')).toEqual({ view: 'trading' });
  });
});
