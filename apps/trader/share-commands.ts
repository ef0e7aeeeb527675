import type { CommandQueue, ReceivedCommand } from '../../src/core/ports/command-queue.ts';

/**
 * One queue for several slots of a process: every command reaches each of them, and leaves the queue when all are done with it.
 *
 * The slots end together: the waiting of one that stops is the waiting of all.
 */
export function shareCommands(queue: CommandQueue, slots: number): readonly CommandQueue[] {
  const inboxes = Array.from({ length: slots }, (): ReceivedCommand[] => []);
  let asking: Promise<void> | undefined;

  const hand = (received: readonly ReceivedCommand[]): void => {
    for (const { event, done } of received) {
      let left = slots;
      for (const inbox of inboxes) {
        inbox.push({
          event,
          done: async () => {
            left -= 1;
            if (left === 0) await done();
          },
        });
      }
    }
  };

  return inboxes.map((inbox) => ({
    depth: () => queue.depth(),
    async receive(max, signal) {
      if (inbox.length === 0) {
        asking ??= queue
          .receive(max, signal)
          .then(hand)
          .finally(() => {
            asking = undefined;
          });
        await asking;
      }
      return inbox.splice(0, max);
    },
  }));
}
