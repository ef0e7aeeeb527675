import { createDynamoOutbox } from '../../adapters/aws/dynamo-outbox.ts';
import type { Outbox } from '../../core/ports/ledger.ts';
import { dynamo } from './dynamo.ts';
import { log } from './log.ts';

let built: Outbox | undefined;

/** @throws AresError `ENV_INVALID` when a table is not named */
export const outbox = (): Outbox => {
  built ??= createDynamoOutbox({
    ...dynamo(),
    onUnreadable: (reason) => log().error('an item of the outbox holds no event', { reason }),
  });
  return built;
};
