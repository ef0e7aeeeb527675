import { deadLetters } from '#port/dead-letters';
import { ledger } from '#port/ledger';
import { type Env, readEnv } from '../../../src/compose/env.ts';
import { listSlots } from '../../../src/core/models/slot-registry.ts';
import { counted } from '../render/words.ts';
import { checkLedger } from './check-ledger.ts';
import { examine, type Finding, ok, warning } from './finding.ts';

const NEEDED = [
  'ARES_STATE_TABLE',
  'ARES_REGISTRY_TABLE',
  'ARES_AUDIT_TABLE',
  'ARES_MODEL_BUCKET',
  'ARES_EVENT_BUS',
] as const satisfies readonly (keyof Env)[];

const ACCESS =
  'Are AWS_PROFILE or the credentials those of the account of the stage, and may they read its tables, bucket and queues?';
const REMEDIES = {
  restore: 'Restore the tables to a point in time before the fault, then import or point the stage at them.',
  tampered:
    'Find out in CloudTrail who wrote to the audit table beside Ares, and restore a point in time that verifies.',
  bytes: 'Make the current version of the object in the model bucket that of before the fault',
};

const checkOutputs = (stage: string): Promise<Finding> =>
  examine('stage', '', async () => {
    const env = readEnv();
    const missing = NEEDED.filter((name) => env[name] === undefined);
    if (missing.length === 0) return ok('stage', `${stage} is deployed whole, as far as its outputs tell`);
    return warning(
      'stage',
      `the outputs of ${stage} must tell ${missing.join(', ')}, do not`,
      `Deploy all of it: npx --no-install cdk deploy --all -c stage=${stage} --outputs-file cdk-outputs.json`,
    );
  });

const checkDeadLetters = (stage: string): Promise<Finding> =>
  examine('dead letters', ACCESS, async () => {
    const count = await deadLetters().deadCount();
    if (count === 0) return ok('dead letters', 'none');
    return warning(
      'dead letters',
      `${counted(count, 'event')} could not be handled`,
      `See why with "./ares --stage ${stage} events dead"; when the cause is gone: ./ares --stage ${stage} events replay --all`,
    );
  });

/** What can be said of a deployed stage from outside. */
export async function checkStage(stage: string): Promise<readonly Finding[]> {
  const outputs = await checkOutputs(stage);
  const tables = await examine('tables', ACCESS, async () => {
    const slots = await listSlots(ledger());
    return ok('tables', `they answer, and know ${counted(slots.length, 'slot')}`);
  });
  if (tables.severity === 'broken') return [outputs, tables];
  return [outputs, tables, ...(await checkLedger(REMEDIES)), await checkDeadLetters(stage)];
}
