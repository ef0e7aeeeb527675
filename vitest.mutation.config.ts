import { defineConfig } from 'vitest/config';

const conditions = ['local'];

/** The unit tests that Stryker runs against each mutant: those of the folders it mutates and of what stands directly on them. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/unit/{models,risk,trading,promotion}/**/*.test.ts', 'test/unit/features/check-signature.test.ts'],
    env: { ARES_LOG_LEVEL: 'silent' },
  },
});
