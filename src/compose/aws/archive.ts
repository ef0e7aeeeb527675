import { createDynamoArchive } from '../../adapters/aws/dynamo-archive.ts';
import type { LedgerArchive } from '../../core/ports/ledger-archive.ts';
import { dynamo } from './dynamo.ts';

let built: LedgerArchive | undefined;

/** @throws AresError `ENV_INVALID` when a table is not named */
export const archive = (): LedgerArchive => {
  built ??= createDynamoArchive(dynamo());
  return built;
};
