import type { Stack } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, test, vi } from 'vitest';
import { addNag } from '../../infra/nag.ts';
import { parseStageConfig } from '../../src/compose/stage-config.ts';
import { liveStage, paperStage } from './support/stages.ts';
import { synthesise } from './support/synthesise.ts';

const gatewayStage = parseStageConfig({ ...liveStage, egress: { kind: 'static', nat: 'gateway' } }, 'live');

describe("AWS's own rules", () => {
  test.each([
    ['paper', paperStage],
    ['live through an instance', liveStage],
    ['live through a gateway', gatewayStage],
  ])('find nothing in the %s stage that is not acknowledged with a reason', (_, stage) => {
    expect(() => synthesise(stage, addNag)).not.toThrow();
  });

  test('end the synthesis at anything else', () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const write = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    try {
      expect(() =>
        synthesise(paperStage, (app) => {
          const state = app.node.findChild('ares-paper-state');
          new CfnBucket(state as Stack, 'Open');
          addNag(app);
        }),
      ).toThrow(/ares-paper-state\/Open .*\n.*AwsSolutions-S10/);
    } finally {
      print.mockRestore();
      write.mockRestore();
    }
  });

  test('are acknowledged one by one, each with a sentence', () => {
    const reasons: [string, string][] = [];
    synthesise(liveStage, (app) => {
      for (const construct of app.node.findAll()) {
        for (const { data } of construct.node.metadata.filter(({ type }) => type === 'aws:cdk:acknowledged-rules')) {
          for (const [id, reason] of Object.entries(data as Record<string, string>)) reasons.push([id, reason]);
        }
      }
    });
    // The CDK acknowledges some findings of its own.
    const ours = reasons.filter(([id]) => id.includes('AwsSolutions-'));
    expect(ours.length).toBeGreaterThan(10);
    for (const [id, reason] of ours) {
      // `IAM5` alone would stand for every wildcard there is; `IAM5[Resource::*]` is one finding.
      expect(id).toMatch(/AwsSolutions-[A-Z]+\d+(\[.+\])?$/);
      expect(id).not.toMatch(/IAM5$/);
      expect(reason, id).toMatch(/^\S.* .{15,}[.]$/s);
    }
  });
});
