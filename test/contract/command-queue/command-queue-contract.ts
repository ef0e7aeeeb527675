import { describe, expect, test } from 'vitest';
import type { EventEnvelope } from '../../../src/core/events/envelope.ts';
import type { CommandQueue } from '../../../src/core/ports/command-queue.ts';
import { envelope } from '../support/sample-commit.ts';

export interface CommandQueueUnderTest {
  readonly queue: CommandQueue;
  /** The same queue as another process receives from it. */
  readonly other: CommandQueue;
  /** Another queue beside it. */
  readonly neighbour: CommandQueue;
  send(event: EventEnvelope): Promise<void>;
  /** Lets so much of the visibility timeout of 30 seconds pass. */
  pass(ms: number): Promise<void>;
}

/** What every command queue promises. `open` gives an empty one each time. */
export function commandQueueContract(name: string, open: () => Promise<CommandQueueUnderTest>): void {
  const ids = (commands: Awaited<ReturnType<CommandQueue['receive']>>) =>
    commands.map(({ event }) => event.detail.metadata.id);

  describe(`${name} keeps the command queue's contract`, () => {
    test('gives each event until it is done, and its depth counts those', async () => {
      const { queue, send } = await open();
      expect(await queue.receive(10)).toEqual([]);
      await send(envelope('e1'));
      await send(envelope('e2'));
      expect(await queue.depth()).toBe(2);
      const commands = await queue.receive(10);
      expect(commands.map(({ event }) => event)).toEqual(expect.arrayContaining([envelope('e1'), envelope('e2')]));
      expect(await queue.depth()).toBe(2);
      await commands[0]?.done();
      expect(await queue.depth()).toBe(1);
      await commands[1]?.done();
      await commands[1]?.done();
      expect(await queue.depth()).toBe(0);
    });

    test('hides a received command from everyone, and gives it again after the visibility timeout', async () => {
      const { queue, other, send, pass } = await open();
      await send(envelope('e1'));
      expect(ids(await queue.receive(1))).toEqual(['e1']);
      await pass(29_000);
      expect([await queue.receive(1), await other.receive(1)]).toEqual([[], []]);
      await pass(2_000);
      const again = await other.receive(1);
      expect(ids(again)).toEqual(['e1']);
      await again[0]?.done();
      await pass(31_000);
      expect(await queue.receive(1)).toEqual([]);
    });

    test('gives at most as many as were asked for, and to several receivers different ones', async () => {
      const { queue, other, send } = await open();
      for (const id of ['e1', 'e2', 'e3']) await send(envelope(id));
      const first = ids(await queue.receive(2));
      const second = ids(await other.receive(2));
      expect(first).toHaveLength(2);
      expect([...first, ...second].toSorted()).toEqual(['e1', 'e2', 'e3']);
    });

    test('waits no longer than the signal says, and what is then on its way comes again', async () => {
      const { queue, other, send, pass } = await open();
      const stop = new AbortController();
      const began = performance.now();
      const waiting = queue.receive(10, stop.signal);
      stop.abort('stopping');
      expect(await waiting).toEqual([]);
      expect(await queue.receive(10, stop.signal)).toEqual([]);
      expect(performance.now() - began).toBeLessThan(5_000);
      await send(envelope('e1'));
      await pass(31_000);
      expect(ids(await other.receive(10))).toEqual(['e1']);
    });

    test('keeps queues apart', async () => {
      const { neighbour, send } = await open();
      await send(envelope('e1'));
      expect(await neighbour.receive(10)).toEqual([]);
      expect(await neighbour.depth()).toBe(0);
    });
  });
}
