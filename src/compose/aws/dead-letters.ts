import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { clientOptions } from '../../adapters/aws/client-options.ts';
import { createSqsDeadLetters } from '../../adapters/aws/sqs-dead-letters.ts';
import type { DeadLetters } from '../../core/ports/deliveries.ts';
import { requireEnv } from '../require-env.ts';
import { functions } from '../wiring.ts';

let built: DeadLetters | undefined;

/** @throws AresError `ENV_INVALID` when nobody says what the functions' names begin with */
export const deadLetters = (): DeadLetters => {
  built ??= createSqsDeadLetters({
    sqs: new SQSClient(clientOptions()),
    lambda: new LambdaClient(clientOptions()),
    prefix: requireEnv('ARES_FUNCTION_PREFIX', 'what the names of the functions begin with'),
    functions: functions.map(({ name }) => name),
  });
  return built;
};
