import { describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/local/database.ts';
import { createSqliteLedger } from '../../../src/adapters/local/sqlite-ledger.ts';
import { systemClocks } from '../../../src/adapters/local/system-clocks.ts';
import { eventHandler, type UseCase } from '../../../src/compose/event-handler.ts';
import type { LambdaContext } from '../../../src/compose/lambda-context.ts';
import { eventBridgeEvent, scheduleEvent } from '../../../src/core/events/event-bridge-event.ts';
import type { Invocation } from '../../../src/core/events/invocation.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { AppendRecord } from '../../../src/core/ports/ledger.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { candidateRegistered } from '../../support/sample-event.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const context = (remaining = 60_000): LambdaContext => ({
  functionName: 'check-promotion',
  functionVersion: '1',
  memoryLimitInMB: '256',
  awsRequestId: 'r',
  logStreamName: 'instance-1',
  getRemainingTimeInMillis: () => remaining,
});

function runtime() {
  const db = openDatabase(temporaryDirectory());
  onTestFinished(() => db.close());
  return {
    ledger: createSqliteLedger(db),
    log: recordingLog(),
    monotonic: systemClocks.monotonic,
    wallClock: systemClocks.wall,
  };
}

const event = eventBridgeEvent(candidateRegistered('e1'));

describe('an event handler', () => {
  test('gives the use case the parsed invocation and its ports, and returns what it says', async () => {
    const seen: unknown[] = [];
    const useCase: UseCase<{ answer: { readonly is: number } }> = async (invocation, ports) => {
      seen.push(invocation, ports);
      return { outcome: 'promoted' };
    };
    const handler = eventHandler('check-promotion', useCase, { answer: { is: 42 } }, runtime());
    expect(await handler(event, context())).toEqual({ outcome: 'promoted' });
    expect(seen).toMatchObject([
      { id: 'e1', sessionId: 'instance-1', trigger: { kind: 'event', event: { name: 'CandidateRegistered' } } },
      { answer: { is: 42 } },
    ]);
  });

  test('runs each invocation to success once, across instances', async () => {
    const shared = runtime();
    let ran = 0;
    const instance = () => eventHandler('check-promotion', async () => ({ ran: ++ran }), {}, shared);
    expect(await instance()(event, context())).toEqual({ ran: 1 });
    expect(await instance()(event, context())).toEqual({ outcome: 'already_handled' });
    expect(await eventHandler('track-performance', async () => ({ ran: ++ran }), {}, shared)(event, context())).toEqual(
      { ran: 2 },
    );
  });

  test('lets the mark of a handled invocation expire after thirty days of wall time', async () => {
    const shared = runtime();
    const appended: AppendRecord[] = [];
    const wallClock = manualClock();
    const ledger = {
      ...shared.ledger,
      append: async (records: readonly AppendRecord[]) => void appended.push(...records),
    };
    await eventHandler('check-promotion', async () => ({}), {}, { ...shared, ledger, wallClock })(event, context());
    expect(appended).toMatchObject([
      { key: keys.handled('check-promotion', 'e1'), expiresAt: wallClock.now() + 30 * 86_400_000 },
    ]);
  });

  test('fails the invocation when the use case throws, marks nothing, and runs it again', async () => {
    const shared = runtime();
    let ran = 0;
    const useCase = async () => {
      ran += 1;
      if (ran === 1) throw new Error('no luck');
      return { ran };
    };
    const handler = eventHandler('check-promotion', useCase, {}, shared);
    await expect(handler(event, context())).rejects.toThrow('no luck');
    expect(await shared.ledger.get(keys.handled('check-promotion', 'e1'))).toBeUndefined();
    expect(shared.log.lines.at(-1)).toMatchObject({
      level: 'error',
      message: 'function failed',
      fields: { function: 'check-promotion', invocation: 'e1' },
    });
    expect(await handler(event, context())).toEqual({ ran: 2 });
  });

  test('says when it began and how it ended, with its duration', async () => {
    const shared = runtime();
    await eventHandler('check-promotion', async () => ({ outcome: 'fine' }), {}, shared)(event, context());
    expect(shared.log.lines).toMatchObject([
      {
        level: 'debug',
        message: 'function starts',
        fields: { function: 'check-promotion', invocation: 'e1', trigger: 'event' },
      },
      {
        level: 'info',
        message: 'function ended',
        fields: { result: { outcome: 'fine' }, durationMs: expect.any(Number) },
      },
    ]);
    expect(shared.log.lines[1]?.fields.durationMs).not.toBeNaN();
  });

  test('builds its ports when the first event comes, and once', async () => {
    const shared = runtime();
    let built = 0;
    const useCase = async (_: Invocation, { port }: { readonly port: { readonly number: number } }) => ({
      number: port.number,
    });
    const handler = eventHandler(
      'check-promotion',
      useCase,
      { port: () => ({ number: ++built }) },
      { ...shared, ledger: () => shared.ledger },
    );
    expect(built).toBe(0);
    expect(await handler(event, context())).toEqual({ number: 1 });
    expect(await handler(scheduleEvent('check-promotion', epochMillis(0)), context())).toEqual({ number: 1 });
  });

  test('refuses what is no event of the catalogue by name, before anything runs', async () => {
    const handler = eventHandler('check-promotion', () => Promise.reject(new Error('ran')), {}, runtime());
    await expect(handler({ ...event, 'detail-type': 'ModelExploded' }, context())).rejects.toThrow(
      'was "ModelExploded" from "ares.models"',
    );
    await expect(handler({}, context())).rejects.toMatchObject({ code: 'EVENT_INVALID' });
  });

  test('fails just before its time is over, saying so, and does not count as handled', async () => {
    const shared = runtime();
    const slow = () => new Promise<object>((resolve) => setTimeout(() => resolve({}), 200));
    const handler = eventHandler('check-promotion', slow, {}, shared);
    await expect(handler(event, context(30))).rejects.toThrow(
      'check-promotion must end within its timeout, was still running',
    );
    expect(await shared.ledger.get(keys.handled('check-promotion', 'e1'))).toBeUndefined();
  });

  test('does not compile with a port its use case does not take, or without one it needs', () => {
    const useCase = async (_: Invocation, { text }: { readonly text: string }) => ({ text });
    // @ts-expect-error the port has another type
    eventHandler('check-promotion', useCase, { text: 5 }, runtime());
    // @ts-expect-error the port is missing
    eventHandler('check-promotion', useCase, {}, runtime());
    // @ts-expect-error no function of the wiring table has this name
    eventHandler('check-everything', useCase, { text: '' }, runtime());
  });
});
