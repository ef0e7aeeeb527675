import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { clientOptions } from '../../adapters/aws/client-options.ts';
import { createSqsDeadLetters } from '../../adapters/aws/sqs-dead-letters.ts';
import { AresError } from '../../core/ares-error.ts';
import type { DeadLetters } from '../../core/ports/deliveries.ts';
import { readEnv } from '../env.ts';
import { functions } from '../wiring.ts';

let built: DeadLetters | undefined;

/** @throws AresError `ENV_INVALID` when nobody says what the functions' names begin with */
export const deadLetters = (): DeadLetters => {
  if (built) return built;
  const { ARES_FUNCTION_PREFIX: prefix } = readEnv();
  if (prefix === undefined) {
    throw new AresError(
      'ENV_INVALID',
      'ARES_FUNCTION_PREFIX must be what the names of the functions begin with, was not set',
    );
  }
  built = createSqsDeadLetters({
    sqs: new SQSClient(clientOptions()),
    lambda: new LambdaClient(clientOptions()),
    prefix,
    functions: functions.map(({ name }) => name),
  });
  return built;
};
