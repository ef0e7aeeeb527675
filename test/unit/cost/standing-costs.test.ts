import { describe, expect, it } from 'vitest';
import { billOf } from '../../../scripts/cost/bill.ts';
import { standingCosts } from '../../../scripts/cost/standing-costs.ts';
import { resourcesOf } from '../../../scripts/cost/template.ts';
import { smallTemplate } from './small-template.ts';

const costsOf = (resources: object) => standingCosts(resourcesOf('small', { Resources: resources }));

describe('what a template costs by being deployed', () => {
  it('is, for a small one, exactly these lines', () => {
    const { lines, notPriced } = costsOf(smallTemplate.Resources);
    const bill = billOf(lines);
    expect(notPriced).toEqual([]);
    expect(bill.lines.map(({ what, price, usage, usd }) => [what, price, usage, usd.toFixed(4)])).toEqual([
      ["Trader's processor", 'fargateVcpuArm', 182.5, '5.9094'],
      ["Trader's public address", 'publicAddress', 730, '3.6500'],
      ['Dashboards', 'dashboard', 1, '3.0000'],
      ["Trader's memory", 'fargateGbArm', 365, '1.2994'],
      ['Encryption keys', 'kmsKey', 1, '1.0000'],
      ['Secrets', 'secret', 1, '0.4000'],
      ['Alarms', 'alarm', 3, '0.3000'],
    ]);
    expect(bill.total.toFixed(4)).toBe('15.5588');
    expect(bill.afterFree.toFixed(4), 'dashboards and ten alarms are free').toBe('12.2588');
    expect(bill.idle.eq(bill.total)).toBe(true);
  });

  it('names a type it does not know, and leaves it out of every total', () => {
    const { lines, notPriced } = costsOf({
      Cache: { Type: 'AWS::ElastiCache::CacheCluster', Properties: {} },
      Other: { Type: 'AWS::ElastiCache::CacheCluster', Properties: {} },
    });
    expect(lines).toEqual([]);
    expect(notPriced).toEqual([{ type: 'AWS::ElastiCache::CacheCluster', resources: ['small/Cache', 'small/Other'] }]);
  });

  it('names an instance of another size and an interface endpoint, which have no price here', () => {
    const { notPriced } = costsOf({
      Large: { Type: 'AWS::EC2::Instance', Properties: { InstanceType: 'm7g.large' } },
      Private: { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcEndpointType: 'Interface' } },
      Free: { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcEndpointType: 'Gateway' } },
    });
    expect(notPriced.flatMap(({ resources }) => resources)).toEqual(['small/Large', 'small/Private']);
  });

  it('names a service whose task is elsewhere, because its size is unknown', () => {
    const { lines, notPriced } = costsOf({ Trader: smallTemplate.Resources.Trader });
    expect(lines).toEqual([]);
    expect(notPriced).toEqual([{ type: 'AWS::ECS::Service', resources: ['small/Trader'] }]);
  });

  it('counts each task of a service, and x86 at its own price', () => {
    const { Task, Trader } = smallTemplate.Resources;
    const { lines } = costsOf({
      Task: { ...Task, Properties: { ...Task.Properties, RuntimePlatform: { CpuArchitecture: 'X86_64' } } },
      Trader: { ...Trader, Properties: { ...Trader.Properties, DesiredCount: 20 } },
    });
    expect(lines.map(({ price, usage }) => [price, usage])).toEqual([
      ['fargateVcpuX86', 3_650],
      ['fargateGbX86', 7_300],
      ['publicAddress', 14_600],
    ]);
  });

  it('counts one alarm for each metric of an expression, and three times the price under a minute', () => {
    const alarm = (properties: object) => ({ Type: 'AWS::CloudWatch::Alarm', Properties: properties });
    const { lines } = costsOf({
      Sum: alarm({
        Metrics: [{ Expression: 'a + b' }, { MetricStat: { Period: 60 } }, { MetricStat: { Period: 60 } }],
      }),
      Fast: alarm({ Period: 10 }),
    });
    expect(lines.map(({ price, usage }) => [price, usage])).toEqual([
      ['alarm', 2],
      ['fastAlarm', 1],
    ]);
  });

  it('refuses a size that is no number', () => {
    const { Task, Trader } = smallTemplate.Resources;
    const odd = { ...Task, Properties: { ...Task.Properties, Cpu: { Ref: 'Parameter' } } };
    expect(() => costsOf({ Task: odd, Trader })).toThrow(
      'Cpu of small/Task must be a number to be priced, was {"Ref":"Parameter"}',
    );
  });
});
