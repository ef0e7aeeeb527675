/** Who may import whom. Every rule is proved by a violation in test/unit/architecture/. */
const CALCULATION = '^node_modules/(zod|big\\.js|trading-signals|@noble/hashes|@types/big\\.js)/';
module.exports = {
  forbidden: [
    {
      name: 'core-is-pure',
      comment: 'src/core holds decisions: core, zod and calculation libraries only',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { pathNot: ['^src/core/', CALCULATION] },
    },
    {
      name: 'adapters-stand-alone',
      comment: 'an adapter knows core and its own client, never another adapter',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^(src|functions|apps|infra|test|bench)/', pathNot: ['^src/core/', '^src/adapters/$1/'] },
    },
    {
      name: 'compose-knows-core-and-adapters',
      severity: 'error',
      from: { path: '^src/compose/' },
      to: { path: '^(functions|apps|infra|test|bench)/' },
    },
    {
      name: 'wiring-is-data',
      comment: 'the CDK app reads these: nothing heavy may come along',
      severity: 'error',
      from: { path: '^src/compose/(wiring|env|stage-[a-z]+)\\.ts$' },
      to: { pathNot: ['^src/core/', '^src/compose/(env|stage-[a-z]+)\\.ts$', CALCULATION] },
    },
    {
      name: 'functions-and-apps-use-ports',
      comment: 'no SDK, no adapter, no infra: #port/*, compose and core',
      severity: 'error',
      from: { path: '^(functions|apps)/' },
      to: { path: '^(src/adapters|infra|test|bench)/|^node_modules/(@aws-sdk|ccxt|onnxruntime-node|aws-cdk-lib)/' },
    },
    {
      name: 'functions-serve-the-api',
      comment: 'of the apps a function may serve the api, which is the same on Lambda and on one machine',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: '^apps/', pathNot: '^apps/api/' },
    },
    {
      name: 'only-the-local-runner-loads-handlers',
      severity: 'error',
      from: { path: '^(src|apps|infra)/', pathNot: '^apps/local/' },
      to: { path: '^functions/' },
    },
    {
      name: 'apps-stand-alone',
      comment: 'an app starts another as a process; the runner alone may serve the api',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/(local|cli)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'infra-reads-the-tables',
      severity: 'error',
      comment: 'names, keys, tables and stages as plain data: no decision and no client',
      from: { path: '^infra/' },
      to: {
        path: '^(src|functions|apps|test|bench|scripts)/',
        pathNot: [
          '^src/core/(events/|models/slot\\.ts$|ledger-keys\\.ts$|ares-error\\.ts$)',
          '^src/compose/(wiring|env|stage-[a-z]+)\\.ts$',
          '^src/adapters/aws/ledger-tables\\.ts$',
        ],
      },
    },
    {
      name: 'training-thread-is-plain',
      comment: 'a thread that is ended in the middle of native code aborts the process',
      severity: 'error',
      from: { path: '^src/adapters/inference/train-worker\\.ts$' },
      to: { path: '^node_modules/onnxruntime-node/', reachable: true },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: { path: '^(src|functions|apps|infra)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(apps/dashboard/page|dist|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['local', 'import', 'types', 'node', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
