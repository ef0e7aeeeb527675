import { describe, expect, it } from 'vitest';
import { billOf } from '../../../scripts/cost/bill.ts';
import { deploymentOf } from '../../../scripts/cost/deployment.ts';
import { loadOf } from '../../../scripts/cost/load.ts';
import { costReport, type Variant } from '../../../scripts/cost/report.ts';
import { standingCosts } from '../../../scripts/cost/standing-costs.ts';
import { resourcesOf } from '../../../scripts/cost/template.ts';
import { smallTemplate } from './small-template.ts';

function reportOf(resources: object): string {
  const all = resourcesOf('small', { Resources: resources });
  const { lines, notPriced } = standingCosts(all);
  const nat = { what: 'NAT instance', price: 't4gNano', usage: 730, basis: 'idle', how: '' } as const;
  const variant: Variant = {
    size: 'economy',
    load: { ...loadOf(1), id: 'A' },
    deployment: deploymentOf(all),
    bill: billOf([...lines, nat]),
    notPriced,
  };
  return costReport([variant]);
}

describe('docs/cost.md', () => {
  it('says in bold what it could not price', () => {
    const report = reportOf({ Cache: { Type: 'AWS::ElastiCache::CacheCluster', Properties: {} } });
    expect(report).toContain('**Not priced**');
    expect(report).toContain('- `AWS::ElastiCache::CacheCluster`: small/Cache');
    expect(reportOf(smallTemplate.Resources)).not.toContain('**Not priced**');
  });

  it('marks a line whose price nobody has looked up', () => {
    const line = reportOf({})
      .split('\n')
      .find((text) => text.startsWith('| NAT instance | 730'));
    expect(line).toContain('3.07');
    expect(line).toContain('unverified');
  });

  it('holds no figure that is none', () => {
    expect(reportOf(smallTemplate.Resources)).not.toMatch(/NaN|Infinity|undefined/);
  });
});
