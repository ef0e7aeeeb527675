import { describe, expect, it } from 'vitest';
import { deploymentOf } from '../../../scripts/cost/deployment.ts';
import { registryCosts, registryCostText } from '../../../scripts/cost/registry-calls.ts';
import { standingCosts } from '../../../scripts/cost/standing-costs.ts';
import { resourcesOf } from '../../../scripts/cost/template.ts';
import { smallTemplate } from './small-template.ts';

const withRegistry = (properties: object = {}) => {
  const Properties = {
    FunctionName: 'ares-paper-eu-serve-registry',
    MemorySize: 1_024,
    Architectures: ['arm64'],
    ...properties,
  };
  const Url = { Type: 'AWS::Lambda::Url', Properties: { AuthType: 'NONE' } };
  const Resources = { ...smallTemplate.Resources, Registry: { Type: 'AWS::Lambda::Function', Properties }, Url };
  return resourcesOf('small', { Resources });
};
const costOf = (what: string, properties: object = {}) => {
  const found = registryCosts(deploymentOf(withRegistry(properties))).find(({ call }) => call.what === what);
  if (!found) throw new Error(`there must be a call "${what}"`);
  return found;
};

describe('a million calls of the registry', () => {
  it('cost, for a batch of one metric, exactly this', () => {
    const { ms, dynamo, lambda, s3, logs, total } = costOf('log a batch of 1 metric');
    // 5 ms of a core at 1,024 of 1,769 MB, and two calls of 10 ms.
    expect(ms).toBe(29);
    expect(dynamo.toFixed(3), '14 million writes at 0.625, a million reads at 0.125').toBe('8.875');
    expect(lambda.toFixed(3), '29,000 GB-seconds and the starts').toBe('0.587');
    expect(s3.toFixed(3)).toBe('0.000');
    expect(logs.toFixed(3)).toBe('0.350');
    expect(total.toFixed(3)).toBe('9.812');
  });

  it('cost by the memory and the platform of the template', () => {
    const what = 'read a run of 100 metrics';
    const small = costOf(what, { MemorySize: 512 });
    expect(small.ms).toBeGreaterThan(costOf(what).ms);
    expect(small.lambda.lt(costOf(what).lambda)).toBe(true);
    expect(costOf(what, { Architectures: ['x86_64'] }).lambda.gt(costOf(what).lambda)).toBe(true);
  });

  it('cost puts and gets of S3 where they keep or read a file', () => {
    expect(costOf('keep an artifact of up to 4 MB').s3.toFixed(2)).toBe('5.00');
    expect(costOf('read an artifact of up to 4 MB').s3.toFixed(2)).toBe('0.40');
  });

  it('cost nothing that is known where there is no registry', () => {
    const without = deploymentOf(resourcesOf('small', smallTemplate));
    expect(registryCosts(without)).toEqual([]);
    expect(registryCostText(without)).toBe('It is not part of these templates.');
  });

  it('come to an address that costs nothing by itself', () => {
    expect(standingCosts(withRegistry()).notPriced).toEqual([]);
  });
});
