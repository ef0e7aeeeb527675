import { expect, it } from 'vitest';
import { followCommands } from '../../../apps/trader/follow-commands.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { ReceivedCommand } from '../../../src/core/ports/command-queue.ts';
import type { EngineMessage } from '../../../src/core/trading/engine-message.ts';
import { halt, resume } from '../../../src/core/trading/trading-state.ts';
import { quiet, slot } from '../../support/engine-harness.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { createVirtualTime } from '../../support/virtual-time.ts';

/** A trader's command loop on a ledger that somebody changes. */
function scene(booksMatch: boolean, request: () => Promise<void> = async () => undefined) {
  const ledger = createMemoryLedger();
  const time = createVirtualTime();
  const told: EngineMessage[] = [];
  const fatal: unknown[] = [];
  let delivered = 0;
  let commands = 0;
  const command = () => {
    commands += 1;
    return { id: `c${commands}`, user: 'ada', now: epochMillis(commands), sessionId: 's', slot, reason: 'test' };
  };
  const commandQueue = {
    depth: async () => 0,
    receive: async (): Promise<readonly ReceivedCommand[]> => {
      const fresh = ledger.events.slice(delivered);
      delivered = ledger.events.length;
      return fresh.map((event) => ({ event, done: async () => undefined }));
    },
  };
  const commandsOf = followCommands(
    { slot, pollMs: 100, booksMatch: () => booksMatch, onFatal: (error) => fatal.push(error) },
    {
      commandQueue,
      ledger,
      monotonic: time.monotonic,
      timers: time.timers,
      log: quiet,
      engine: { accept: (message) => void told.push(message) },
      hotSwap: { request, swapInProgress: false, stop: () => undefined },
    },
  );
  const modes = () => told.flatMap((message) => (message.kind === 'mode' ? [message.mode] : []));
  return { ledger, time, command, commandsOf, modes, fatal };
}

it('hands a halt and its end to the engine', async () => {
  const { ledger, time, command, modes, fatal } = scene(true);
  await halt(command(), { ledger });
  await time.pass(150);
  await resume(command(), { ledger });
  await time.pass(150);
  expect(modes()).toEqual(['HALTED', 'ACTIVE']);
  expect(fatal).toEqual([]);
});

it('does not trade on books that did not match: a resume ends the trader, whose next start compares again', async () => {
  const { ledger, time, command, commandsOf, modes, fatal } = scene(false);
  await halt(command(), { ledger });
  await commandsOf.synchronise();
  await resume(command(), { ledger });
  await time.pass(150);
  expect(modes()).toEqual(['HALTED', ...modes().slice(1)]);
  expect(modes()).not.toContain('ACTIVE');
  expect(fatal).toMatchObject([{ code: 'RECOVER_AGAIN' }]);
});

it('does not wait for a command any longer when it stops', async () => {
  const waiting = Promise.withResolvers<AbortSignal>();
  const fatal: unknown[] = [];
  const time = createVirtualTime();
  const commandsOf = followCommands(
    { slot, pollMs: 100, booksMatch: () => true, onFatal: (error) => fatal.push(error) },
    {
      commandQueue: {
        depth: async () => 0,
        receive: (_max, signal) => {
          if (signal) waiting.resolve(signal);
          return new Promise((resolve) => signal?.addEventListener('abort', () => resolve([])));
        },
      },
      ledger: createMemoryLedger(),
      monotonic: time.monotonic,
      timers: time.timers,
      log: quiet,
      engine: { accept: () => undefined },
      hotSwap: { request: async () => undefined, swapInProgress: false, stop: () => undefined },
    },
  );
  await time.pass(150);
  const signal = await waiting.promise;
  expect(signal.aborted).toBe(false);
  commandsOf.stop();
  expect(signal.aborted).toBe(true);
  await time.pass(500);
  expect(fatal).toEqual([]);
});

it('hands a halt over at once, while the other reads of the ledger still wait', async () => {
  const { ledger, time, command, modes } = scene(true);
  await halt(command(), { ledger });
  const { get } = ledger;
  ledger.get = (key) => (key.sk === 'trading-state' ? get(key) : new Promise(() => undefined));
  await time.pass(150);
  expect(modes()).toEqual(['HALTED']);
});

it('has synchronised only when the model decides, also when a command had asked for it a moment before', async () => {
  const loading = Promise.withResolvers<void>();
  const { ledger, commandsOf } = scene(true, () => loading.promise);
  const value = {
    championRunId: 'run-1',
    championHash: 'a'.repeat(64),
    standbyRunId: null,
    history: [],
    lastChange: null,
  };
  await ledger.append([{ key: keys.deployment(slot), value }]);
  let done = 0;
  const count = (): void => {
    done += 1;
  };
  const both = Promise.all([commandsOf.synchronise().then(count), commandsOf.synchronise().then(count)]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(done).toBe(0);
  loading.resolve();
  await both;
  expect(done).toBe(2);
});
