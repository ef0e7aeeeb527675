import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { AresError } from '../../core/ares-error.ts';
import { type DeadLetterMessage, readDeadLetter } from './dead-letter-message.ts';
import { faultName, sdkFault } from './sdk-fault.ts';

interface Queue {
  /** The function that failed. */
  readonly target: string;
  readonly url: string;
}

/** A message that is hidden from others until it is released. */
export interface HeldLetter extends Queue {
  readonly message: Message;
  readonly read: DeadLetterMessage;
}

const PAGE = 10;
/** Long enough to look at all there is; who dies over it keeps the messages hidden no longer. */
const LOOK_SECONDS = 60;
/** Asks all of SQS's servers, where an answer at once would ask some of them. */
const WAIT_SECONDS = 1;
const MAX_MESSAGES = 1_000;

/** @throws AresError `DEAD_LETTERS_REFUSED`, `DEAD_LETTERS_UNAVAILABLE` */
export async function askedForLetters<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw sdkFault(error, 'DEAD_LETTERS', 'SQS or Lambda');
  }
}

/** The queues that the functions of a stage leave their dead events in. */
export function sqsDeadLetterQueues(sqs: SQSClient, prefix: string, functions: readonly string[]) {
  const queueOf = async (target: string): Promise<readonly Queue[]> => {
    try {
      const name = `${prefix}${target}-dead-letters`;
      const { QueueUrl: url } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
      return url === undefined ? [] : [{ target, url }];
    } catch (error) {
      // A stage may have been deployed before the function was.
      if (/QueueDoesNotExist|NonExistentQueue/.test(faultName(error))) return [];
      throw sdkFault(error, 'DEAD_LETTERS', 'SQS');
    }
  };

  let found: readonly Queue[] | undefined;
  const queues = async (): Promise<readonly Queue[]> => {
    found ??= (await Promise.all(functions.map(queueOf))).flat();
    if (found.length > 0) return found;
    found = undefined;
    throw new AresError(
      'DEAD_LETTERS_MISSING',
      `there must be dead-letter queues named like ${prefix}${functions[0]}-dead-letters, found none: are the functions deployed?`,
      { prefix },
    );
  };

  const receive = async (queue: Queue): Promise<readonly HeldLetter[]> => {
    const command = new ReceiveMessageCommand({
      QueueUrl: queue.url,
      MaxNumberOfMessages: PAGE,
      VisibilityTimeout: LOOK_SECONDS,
      WaitTimeSeconds: WAIT_SECONDS,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['SentTimestamp'],
    });
    const { Messages = [] } = await askedForLetters(sqs.send(command));
    return Messages.map((message) => ({ ...queue, message, read: readDeadLetter(message) }));
  };

  /** All there is, hidden from others until it is released. */
  const hold = async (queue: Queue): Promise<readonly HeldLetter[]> => {
    const held: HeldLetter[] = [];
    for (let page = await receive(queue); page.length > 0; page = await receive(queue)) {
      held.push(...page);
      if (held.length >= MAX_MESSAGES) break;
    }
    return held;
  };

  const holdAll = async (): Promise<readonly HeldLetter[]> => (await Promise.all((await queues()).map(hold))).flat();

  const release = async (held: readonly HeldLetter[]): Promise<void> => {
    // One that is gone meanwhile, or visible again, needs no release.
    await Promise.allSettled(
      held.map(({ url, message }) =>
        sqs.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: url,
            ReceiptHandle: message.ReceiptHandle,
            VisibilityTimeout: 0,
          }),
        ),
      ),
    );
  };

  const remove = ({ url, message }: HeldLetter) =>
    askedForLetters(sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle })));

  const count = async ({ url }: Queue): Promise<number> => {
    const command = new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    });
    const { Attributes = {} } = await askedForLetters(sqs.send(command));
    return Object.values(Attributes).reduce((sum, number) => sum + Number(number), 0);
  };

  return {
    holdAll,
    release,
    remove,
    countAll: async () => (await Promise.all((await queues()).map(count))).reduce((sum, number) => sum + number, 0),
  };
}
