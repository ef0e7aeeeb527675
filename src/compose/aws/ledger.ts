import { createDynamoLedger } from '../../adapters/aws/dynamo-ledger.ts';
import type { Ledger } from '../../core/ports/ledger.ts';
import { dynamo } from './dynamo.ts';

let built: Ledger | undefined;

/** @throws AresError `ENV_INVALID` when a table is not named */
export const ledger = (): Ledger => {
  built ??= createDynamoLedger(dynamo());
  return built;
};
