import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientOptions } from '../../adapters/aws/client-options.ts';
import type { DynamoOptions } from '../../adapters/aws/dynamo-options.ts';
import { AresError } from '../../core/ares-error.ts';
import { epochMillis } from '../../core/ports/clock.ts';
import { readEnv } from '../env.ts';

let built: DynamoOptions | undefined;

/** What ledger and outbox share: one client with its connections, and the tables. @throws AresError `ENV_INVALID` when a table is not named */
export const dynamo = (): DynamoOptions => {
  if (built) return built;
  const { ARES_STATE_TABLE: state, ARES_REGISTRY_TABLE: registry, ARES_AUDIT_TABLE: audit } = readEnv();
  if (!state || !registry || !audit) {
    throw new AresError(
      'ENV_INVALID',
      'ARES_STATE_TABLE, ARES_REGISTRY_TABLE and ARES_AUDIT_TABLE must name tables, at least one is not set',
    );
  }
  built = {
    client: new DynamoDBClient(clientOptions()),
    tables: { state, registry, audit },
    random: { next: Math.random },
    timers: { sleep: (ms) => sleep(ms) },
    clock: { now: () => epochMillis(Date.now()) },
  };
  return built;
};
