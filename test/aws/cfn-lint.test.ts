import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { liveStage, paperStage } from '../infra/support/stages.ts';
import { synthesise } from '../infra/support/synthesise.ts';
import { cfnLintPython, type LintFinding, lintTemplates } from '../support/cfn-lint/lint-templates.ts';

const python = cfnLintPython();

/** Warnings that were read, and why they stay. */
const REVIEWED: Readonly<Record<string, string>> = {
  W3005: 'the CDK lets each function wait for its role and its policy; that it refers to the role already is no harm',
};

const describeFinding = ({ Rule, Filename, Location, Message }: LintFinding): string =>
  `${Rule.Id} ${Filename.split('/').at(-1)} ${Location.Path?.join('/') ?? ''}: ${Message}`;

describe.skipIf(!python)('cfn-lint', () => {
  let directory: string;
  const write = (name: string, template: unknown): string => {
    const path = join(directory, `${name}.template.json`);
    writeFileSync(path, JSON.stringify(template));
    return path;
  };
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'ares-lint-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test('finds no error, and no warning that nobody has read', () => {
    const gatewayStage = { ...liveStage, egress: { kind: 'static', nat: 'gateway' } as const };
    const templates = Object.entries({ paper: paperStage, live: liveStage, gateway: gatewayStage }).flatMap(
      ([stage, config]) =>
        Object.entries(synthesise(config).templates).map(([stack, template]) => write(`${stage}-${stack}`, template)),
    );
    expect(templates).toHaveLength(12);
    const found = lintTemplates(python ?? '', templates);
    expect(found.filter(({ Rule }) => !(Rule.Id in REVIEWED)).map(describeFinding)).toEqual([]);
    const stale = Object.keys(REVIEWED).filter((id) => !found.some(({ Rule }) => Rule.Id === id));
    expect(stale, 'a warning that is gone needs no reason').toEqual([]);
  });

  test('would find an error', () => {
    const path = write('broken', {
      Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: { Nonsense: true } } },
    });
    expect(lintTemplates(python ?? '', [path]).map(({ Level, Message }) => [Level, Message])).toContainEqual([
      'Error',
      expect.stringContaining('Nonsense'),
    ]);
  });
});
