import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventBridgeEvent } from '../../../src/core/events/event-bridge-event.ts';
import { configChanged } from '../../support/sample-event.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { foldConfig, foldedKey } from './support/fold-config.ts';
import { openHost, wiring } from './support/host-harness.ts';

const onConfig = [wiring('check-promotion', { triggers: [{ kind: 'events', names: ['ConfigChanged'] }] })];
const sequences = [1, 2, 3, 4];

test('each event delivered three times, in any order, leaves the same state as each once in order', async () => {
  const thrice = fc.shuffledSubarray([...sequences, ...sequences, ...sequences], { minLength: 12 });
  await fc.assert(
    fc.asyncProperty(thrice, async (order) => {
      const { host, on, onBare: _, restart, ledger } = openHost(onConfig);
      on('check-promotion', foldConfig);
      const { eventBus } = restart();
      // Deliveries under ids of their own get past the bus, which would not deliver one event twice.
      for (const [at, sequence] of order.entries()) {
        eventBus.enqueue('check-promotion', {
          ...eventBridgeEvent(configChanged(`c${sequence}`, sequence)),
          id: `delivery-${at}`,
        });
      }
      expect(await host.pump()).toBe(12);
      expect((await ledger.get(foldedKey))?.value).toEqual({ newest: 4, seen: sequences });
    }),
    { numRuns: 8 },
  );
});

test('a process killed between handing events to the bus and marking them leads to a second publication and to no loss', async () => {
  const dataDir = temporaryDirectory();
  const script = fileURLToPath(new URL('support/relay-and-die.ts', import.meta.url));
  const child = spawnSync(process.execPath, ['--conditions=local', script, dataDir], { encoding: 'utf8' });
  expect([child.signal, child.stderr]).toEqual(['SIGKILL', '']);
  const { host, on, ledger, outbox, restart } = openHost(onConfig, dataDir);
  expect(await outbox.pending(10)).toHaveLength(sequences.length);
  const published: string[] = [];
  const { eventBus } = restart();
  const publish: typeof eventBus.publish = async (events) => {
    published.push(...events.map((event) => event.detail.metadata.id));
    return eventBus.publish(events);
  };
  on('check-promotion', foldConfig);
  const next = restart({ eventBus: { ...eventBus, publish } }).host;
  expect(await next.pump()).toBe(sequences.length);
  expect(published).toEqual(sequences.map((sequence) => `c${sequence}`));
  expect((await ledger.get(foldedKey))?.value).toEqual({ newest: 4, seen: sequences });
  expect(await host.pump()).toBe(0);
});

test('a function killed in the middle of its run runs again after the restart', async () => {
  const { host, on, emit, restart, ledger, wallClock } = openHost(onConfig);
  const { eventBus } = restart();
  on('check-promotion', foldConfig);
  await emit(configChanged('c1', 1));
  await eventBus.publish([configChanged('c1', 1)]);
  expect(eventBus.takeDue(wallClock.now(), 1)).toHaveLength(1);
  expect(await host.pump()).toBe(1);
  expect((await ledger.get(foldedKey))?.value).toEqual({ newest: 1, seen: [1] });
});
