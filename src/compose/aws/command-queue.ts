import { SQSClient } from '@aws-sdk/client-sqs';
import { clientOptions } from '../../adapters/aws/client-options.ts';
import { createSqsCommandQueue } from '../../adapters/aws/sqs-command-queue.ts';
import type { CommandQueue } from '../../core/ports/command-queue.ts';
import { requireEnv } from '../require-env.ts';
import type { queues } from '../wiring.ts';
import { log } from './log.ts';

type QueueName = (typeof queues)[number]['name'];

/** Longer than the 20 s for which one request waits for a command. */
const REQUEST_MS = 25_000;
/** About ten seconds of trying: a trader that cannot hear a halt ends rather than trade on, but not over a hiccup. */
const MAX_ATTEMPTS = 8;

let built: CommandQueue | undefined;

/**
 * A process on AWS has one queue: the one its environment names.
 *
 * @throws AresError `ENV_INVALID` when no queue is named
 */
export const commandQueue = (_name: QueueName): CommandQueue => {
  built ??= createSqsCommandQueue({
    client: new SQSClient(clientOptions({ requestMs: REQUEST_MS, maxAttempts: MAX_ATTEMPTS })),
    queueUrl: requireEnv('ARES_COMMAND_QUEUE_URL', 'the address of the queue that brings commands'),
    log: log(),
  });
  return built;
};
