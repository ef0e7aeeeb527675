import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { epochMillis } from '../../core/ports/clock.ts';
import type { DeadDelivery, DeadLetters, Replay } from '../../core/ports/deliveries.ts';
import { askedForLetters, type HeldLetter, sqsDeadLetterQueues } from './sqs-dead-letter-queues.ts';

export interface DeadLetterOptions {
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  /** A function's name on AWS is this and its own. */
  readonly prefix: string;
  readonly functions: readonly string[];
}

const deliveryOf = ({ target, message, read }: HeldLetter): DeadDelivery => ({
  id: message.MessageId ?? '',
  target,
  event: read.event,
  attempts: read.attempts,
  lastError: read.lastError,
  since: epochMillis(Number(message.Attributes?.SentTimestamp ?? 0)),
});

/**
 * The dead-letter queues of the deployed functions. Looking hides messages from others for a moment and takes none away.
 *
 * A replayed event starts its own function again, not the other targets of its rule; its message is deleted only once Lambda has taken the event.
 *
 * @throws (from each call) AresError `DEAD_LETTERS_MISSING` when no function has a queue, `DEAD_LETTERS_REFUSED`, `DEAD_LETTERS_UNAVAILABLE`
 */
export function createSqsDeadLetters({ sqs, lambda, prefix, functions }: DeadLetterOptions): DeadLetters {
  const { holdAll, release, remove, countAll } = sqsDeadLetterQueues(sqs, prefix, functions);

  const startAgain = async ({ target, read }: HeldLetter): Promise<void> => {
    const Payload = Buffer.from(JSON.stringify(read.event));
    await askedForLetters(
      lambda.send(new InvokeCommand({ FunctionName: `${prefix}${target}`, InvocationType: 'Event', Payload })),
    );
  };

  const settle = async (held: HeldLetter): Promise<Replay> => {
    if (held.read.kind === 'event') await startAgain(held);
    await remove(held);
    return held.read.kind === 'event' ? { replayed: 1, dismissed: 0 } : { replayed: 0, dismissed: 1 };
  };

  return {
    deadCount: countAll,

    async dead() {
      const held = await holdAll();
      await release(held);
      const deliveries = new Map(held.map((one) => [one.message.MessageId, deliveryOf(one)]));
      return [...deliveries.values()].sort((one, other) => one.since - other.since);
    },

    async replay(which) {
      const left = new Set(await holdAll());
      const outcome = { replayed: 0, dismissed: 0 };
      try {
        for (const held of left) {
          if (held.read.kind === 'unreadable' || (which !== 'all' && which.id !== held.message.MessageId)) continue;
          const { replayed, dismissed } = await settle(held);
          left.delete(held);
          outcome.replayed += replayed;
          outcome.dismissed += dismissed;
        }
      } finally {
        await release([...left]);
      }
      return outcome;
    },
  };
}
