import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cruise, cruise, REPOSITORY } from './cruise.ts';

const PACKAGES = [
  'zod',
  'big.js',
  'trading-signals',
  '@noble/hashes',
  'pino',
  '@aws-sdk/client-s3',
  'ccxt',
  'onnxruntime-node',
  'aws-cdk-lib',
];

/** What may be: none of these imports breaks a rule. */
const LEGAL: Readonly<Record<string, readonly string[]>> = {
  'src/core/events/catalogue.ts': ['zod'],
  'src/core/chicken.ts': [],
  'src/core/egg.ts': ['./chicken.ts'],
  'src/core/trading/money.ts': ['big.js', 'trading-signals', '@noble/hashes', '../events/catalogue.ts'],
  'src/adapters/local/ledger.ts': ['node:fs', 'pino', './file.ts', '../../core/trading/money.ts'],
  'src/adapters/local/file.ts': ['node:fs'],
  'src/adapters/aws/ledger.ts': ['@aws-sdk/client-s3'],
  'src/compose/env.ts': ['zod'],
  'src/compose/wiring.ts': ['../core/events/catalogue.ts'],
  'src/compose/event-handler.ts': ['./wiring.ts', 'pino'],
  'src/compose/local/ledger.ts': ['../../adapters/local/ledger.ts', '../env.ts'],
  'src/compose/aws/ledger.ts': ['../../adapters/aws/ledger.ts'],
  'functions/check/handler.ts': [
    '#port/ledger',
    '../../src/core/trading/money.ts',
    '../../src/compose/event-handler.ts',
    '../../apps/api/routes.ts',
  ],
  'apps/api/main.ts': ['#port/ledger', 'node:http', './routes.ts'],
  'apps/api/routes.ts': [],
  'apps/trader/main.ts': [],
  'apps/local/main.ts': ['../../functions/check/handler.ts', '../api/routes.ts'],
  'src/adapters/aws/ledger-tables.ts': [],
  'src/compose/stage-config.ts': ['./stage-limits.ts', '../core/trading/money.ts'],
  'src/compose/stage-limits.ts': [],
  'infra/stack.ts': [
    '../src/core/events/catalogue.ts',
    '../src/compose/wiring.ts',
    '../src/compose/env.ts',
    '../src/compose/stage-config.ts',
    '../src/adapters/aws/ledger-tables.ts',
    'aws-cdk-lib',
  ],
};

/** What must not be: file, import, and the one rule that says so. */
const ILLEGAL = [
  ['src/core/reads-a-file.ts', 'node:fs', 'core-is-pure'],
  ['src/core/calls-a-client.ts', 'pino', 'core-is-pure'],
  ['src/core/knows-an-adapter.ts', '../adapters/local/file.ts', 'core-is-pure'],
  ['src/core/knows-composition.ts', '../compose/event-handler.ts', 'core-is-pure'],
  ['src/core/asks-by-type-only.ts', 'type ../adapters/local/file.ts', 'core-is-pure'],
  ['src/adapters/local/knows-its-neighbour.ts', '../aws/ledger.ts', 'adapters-stand-alone'],
  ['src/adapters/local/knows-composition.ts', '../../compose/env.ts', 'adapters-stand-alone'],
  ['src/adapters/aws/knows-an-app.ts', '../../../apps/api/routes.ts', 'adapters-stand-alone'],
  ['src/compose/local/knows-an-app.ts', '../../../apps/api/routes.ts', 'compose-knows-core-and-adapters'],
  ['src/compose/wiring.ts', '../adapters/aws/ledger.ts', 'wiring-is-data'],
  ['src/compose/env.ts', 'node:fs', 'wiring-is-data'],
  ['src/compose/stage-config.ts', '../adapters/local/file.ts', 'wiring-is-data'],
  ['functions/check/knows-an-adapter.ts', '../../src/adapters/local/file.ts', 'functions-and-apps-use-ports'],
  ['functions/check/calls-an-sdk.ts', '@aws-sdk/client-s3', 'functions-and-apps-use-ports'],
  ['apps/trader/calls-the-exchange.ts', 'ccxt', 'functions-and-apps-use-ports'],
  ['apps/api/reads-infra.ts', '../../infra/stack.ts', 'functions-and-apps-use-ports'],
  ['functions/check/knows-an-app.ts', '../../apps/trader/main.ts', 'functions-serve-the-api'],
  ['apps/trader/calls-a-handler.ts', '../../functions/check/handler.ts', 'only-the-local-runner-loads-handlers'],
  ['apps/trader/knows-another-app.ts', '../api/routes.ts', 'apps-stand-alone'],
  ['infra/reads-the-domain.ts', '../src/core/trading/money.ts', 'infra-reads-the-tables'],
  ['infra/reads-an-adapter.ts', '../src/adapters/aws/ledger.ts', 'infra-reads-the-tables'],
  ['infra/reads-composition.ts', '../src/compose/event-handler.ts', 'infra-reads-the-tables'],
  ['src/adapters/inference/train-worker.ts', 'onnxruntime-node', 'training-thread-is-plain'],
  ['src/core/chicken.ts', './egg.ts', 'no-cycles'],
  ['src/compose/imports-what-is-not-there.ts', './nowhere.ts', 'nothing-unresolved'],
] as const;

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** The files as a project: `type ` before an import makes it one of a type only. */
function writeProject(root: string, files: Readonly<Record<string, readonly string[]>>): void {
  const { imports } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
  write(root, 'package.json', JSON.stringify({ type: 'module', imports }));
  copyFileSync(join(REPOSITORY, 'tsconfig.json'), join(root, 'tsconfig.json'));
  for (const name of PACKAGES) {
    write(root, `node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: './index.js' }));
    write(root, `node_modules/${name}/index.js`, 'module.exports = {};\n');
  }
  for (const [path, imported] of Object.entries(files)) {
    const lines = imported.map((from, at) =>
      from.startsWith('type ')
        ? `import type { Name as Name${at} } from '${from.slice(5)}';\nexport type Kept = Name${at};`
        : `import * as name${at} from '${from}';\nexport const kept${at} = name${at};`,
    );
    write(root, path, `${lines.join('\n')}\nexport type Name = string;\n`);
  }
}

function filesWithViolations(): Record<string, string[]> {
  const files: Record<string, string[]> = {};
  for (const [path, imported] of Object.entries(LEGAL)) files[path] = [...imported];
  for (const [path, imported] of ILLEGAL) files[path] = [...(files[path] ?? []), imported];
  return files;
}

describe('the dependency rule', () => {
  const folders = ['src', 'functions', 'apps', 'infra'];
  let root: string;
  let clean: Cruise;
  let broken: Cruise;

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'ares-architecture-'));
    writeProject(join(root, 'clean'), LEGAL);
    clean = cruise(join(root, 'clean'), folders);
    writeProject(join(root, 'broken'), filesWithViolations());
    broken = cruise(join(root, 'broken'), folders);
  }, 30_000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('lets everything through that the architecture allows', () => {
    expect(clean.modules).toEqual(expect.arrayContaining(Object.keys(LEGAL)));
    expect(clean.violations).toEqual([]);
  });

  it.each(ILLEGAL)('%s must not import %s: %s, and no other rule says so', (path, _imported, rule) => {
    const said = broken.violations.filter((violation) => violation.startsWith(`${path} -> `));
    expect(said.map((violation) => violation.split(': ').at(-1))).toEqual([rule]);
  });

  it('finds nothing against the imports beside the illegal ones', () => {
    expect(broken.violations).toHaveLength(ILLEGAL.length);
  });

  it('has no rule without a violation that proves it', () => {
    const { forbidden } = createRequire(import.meta.url)(join(REPOSITORY, '.dependency-cruiser.cjs')) as {
      readonly forbidden: readonly { readonly name: string }[];
    };
    expect([...new Set(ILLEGAL.map(([, , rule]) => rule as string))].sort()).toEqual(
      forbidden.map(({ name }) => name).sort(),
    );
  });

  it('is asked about the real tree: a cruiser without its TypeScript sees no module and finds no fault', () => {
    const { modules } = cruise(REPOSITORY, ['src', 'functions', 'apps', 'infra']);
    const own = modules.filter((path) => /^(src|functions|apps|infra)\/.*\.ts$/.test(path));
    expect(own.length).toBeGreaterThan(100);
    expect(own).toContain('src/core/trading/engine.ts');
    expect(own).toContain('src/compose/wiring.ts');
    expect(own).toContain('infra/build-app.ts');
  }, 30_000);
});
