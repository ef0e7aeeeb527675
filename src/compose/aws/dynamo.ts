import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientOptions } from '../../adapters/aws/client-options.ts';
import type { DynamoOptions } from '../../adapters/aws/dynamo-options.ts';
import { systemRandom } from '../../adapters/local/system-random.ts';
import { requireEnv } from '../require-env.ts';
import { timers } from './timers.ts';
import { wallClock } from './wall-clock.ts';

let built: DynamoOptions | undefined;

/** What ledger and outbox share: one client with its connections, and the tables. @throws AresError `ENV_INVALID` when a table is not named */
export const dynamo = (): DynamoOptions => {
  built ??= {
    client: new DynamoDBClient(clientOptions()),
    tables: {
      state: requireEnv('ARES_STATE_TABLE', 'the name of the table with what holds now'),
      registry: requireEnv('ARES_REGISTRY_TABLE', 'the name of the table with the models'),
      audit: requireEnv('ARES_AUDIT_TABLE', 'the name of the table with the audit trail'),
    },
    random: systemRandom(),
    timers,
    clock: wallClock,
  };
  return built;
};
