import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { handlers } from '../../../apps/local/handlers.generated.ts';
import { scheduleEvent } from '../../../src/core/events/event-bridge-event.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'ares-functions-'));
beforeAll(() => {
  vi.stubEnv('ARES_DATA_DIR', dataDir);
  vi.stubEnv('ARES_LOG_LEVEL', 'silent');
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(dataDir, { recursive: true, force: true });
});

test.each(['check-promotion', 'track-performance', 'analyze-market'] as const)(
  '%s runs through its own handler on an empty deployment, once',
  async (name) => {
    const { handler } = await handlers[name]();
    const context = {
      functionName: name,
      functionVersion: 'local',
      memoryLimitInMB: '256',
      awsRequestId: 'r',
      logStreamName: 's',
      getRemainingTimeInMillis: () => 20_000,
    };
    const event = scheduleEvent(name, epochMillis(1_641_963_600_000));
    expect(await handler(event, context)).toEqual(expect.any(Object));
    expect(await handler(event, context)).toEqual({ outcome: 'already_handled' });
  },
);
