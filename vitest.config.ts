import { defineConfig } from 'vitest/config';

const conditions = ['local'];
const suite = (name: string, include: string[], extra: object = {}) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { name, include, env: { ARES_LOG_LEVEL: 'silent' }, ...extra },
});

export default defineConfig({
  test: {
    // Many suites wait for processes and sockets: one worker a core would leave the cores idle.
    maxWorkers: 3,
    projects: [
      suite('unit', ['test/unit/**/*.test.ts'], { testTimeout: 30_000 }),
      suite('contract', ['test/contract/**/*.test.ts'], { testTimeout: 30_000 }),
      suite('infra', ['test/infra/**/*.test.ts'], { testTimeout: 60_000, hookTimeout: 120_000 }),
      suite('integration', ['test/integration/**/*.test.ts'], { testTimeout: 60_000, hookTimeout: 60_000 }),
      suite('e2e', ['test/e2e/**/*.test.ts'], { testTimeout: 170_000, hookTimeout: 60_000 }),
      suite('aws', ['test/aws/**/*.test.ts'], { testTimeout: 60_000, hookTimeout: 120_000 }),
      suite('system', ['test/system/**/*.test.ts'], { testTimeout: 170_000, hookTimeout: 60_000 }),
      suite('kill', ['test/kill/**/*.test.ts'], { testTimeout: 900_000, hookTimeout: 60_000 }),
      suite('simulation', ['test/simulation/**/*.test.ts'], { testTimeout: 300_000, hookTimeout: 60_000 }),
      suite('deploy', ['test/deploy/**/*.test.ts'], { testTimeout: 300_000, hookTimeout: 300_000 }),
      suite('browser', ['test/browser/**/*.test.ts'], { testTimeout: 120_000, hookTimeout: 120_000 }),
    ],
    coverage: {
      provider: 'v8',
      include: ['src/core/**/*.ts'],
      exclude: ['src/core/ports/**'],
      thresholds: { branches: 95 },
    },
  },
});
