import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoLedger } from '../../adapters/aws/dynamo-ledger.ts';
import { AresError } from '../../core/ares-error.ts';
import type { Ledger } from '../../core/ports/ledger.ts';
import { readEnv } from '../env.ts';

let built: Ledger | undefined;

/** @throws AresError `ENV_INVALID` when a table is not named */
export const ledger = (): Ledger => {
  if (built) return built;
  const { ARES_STATE_TABLE: state, ARES_REGISTRY_TABLE: registry, ARES_AUDIT_TABLE: audit } = readEnv();
  if (!state || !registry || !audit) {
    throw new AresError(
      'ENV_INVALID',
      'ARES_STATE_TABLE, ARES_REGISTRY_TABLE and ARES_AUDIT_TABLE must name tables, at least one is not set',
    );
  }
  built = createDynamoLedger({
    client: new DynamoDBClient(),
    tables: { state, registry, audit },
    random: { next: Math.random },
    timers: { sleep: (ms) => sleep(ms) },
  });
  return built;
};
