import { beforeAll, expect, test } from 'vitest';
import { paperStage } from './support/stages.ts';
import { type Synthesised, synthesise } from './support/synthesise.ts';

let made: Synthesised;
beforeAll(() => {
  made = synthesise(paperStage);
});

/** What is built has a name of its own each time; what the template says of it does not change. */
const withoutHashes = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(/[0-9a-f]{64}/g, 'HASH'));

// Text, so that no formatter touches it. Whoever changes a template on purpose reads the difference and updates it: vitest run --project infra -u
test.each(['state', 'functions', 'trading', 'observability'] as const)(
  'the %s stack changes only on purpose',
  async (stack) => {
    const template = `${JSON.stringify(withoutHashes(made.templates[stack]), null, 1)}\n`;
    await expect(template).toMatchFileSnapshot(`__snapshots__/${stack}.template.txt`);
  },
);
