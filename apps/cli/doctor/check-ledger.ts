import { ledger } from '#port/ledger';
import { modelStore } from '#port/model-store';
import { verifyAudit } from '../../../src/core/audit/verify-audit.ts';
import { checkModelBytes } from '../../../src/core/models/check-model-bytes.ts';
import { listSlots } from '../../../src/core/models/slot-registry.ts';
import { readDeployment } from '../../../src/core/promotion/deployment.ts';
import { broken, examine, type Finding, ok } from './finding.ts';

/** What to do where the ledger is: about a fault, a trail that was tampered with, and lost bytes of a model. */
export interface LedgerRemedies {
  readonly restore: string;
  readonly tampered: string;
  readonly bytes: string;
}

/** Looks into a ledger that can be read: its audit trail, and whether the bytes of every production model are there and are what they were. */
export async function checkLedger(remedies: LedgerRemedies): Promise<readonly Finding[]> {
  return [await checkAudit(remedies), await checkChampions(remedies)];
}

const checkAudit = ({ tampered }: LedgerRemedies): Promise<Finding> =>
  examine('audit trail', tampered, async () => {
    const result = await verifyAudit(ledger());
    if (result.valid) return ok('audit trail', `valid, ${result.entries} entries`);
    return broken(
      'audit trail',
      `must be valid, entry ${result.sequence} of "${result.stream}" is ${result.problem}`,
      tampered,
    );
  });

const checkChampions = ({ restore, bytes: putBack }: LedgerRemedies): Promise<Finding> =>
  examine('models', restore, async () => {
    const slots = await listSlots(ledger());
    let found = 0;
    for (const slot of slots) {
      const { championRunId, championHash } = await readDeployment(ledger(), slot);
      if (championHash === null) continue;
      const bytes = await checkModelBytes(modelStore(), championHash);
      if (!bytes.ok) {
        const remedy = `${putBack}, or go back to another model: ./ares rollback --yes --slot ${slot}`;
        return broken('models', `${championRunId}, in production in ${slot}: ${bytes.reason}`, remedy);
      }
      found += 1;
    }
    return ok('models', found === 0 ? 'none in production' : `the bytes of all ${found} in production are sound`);
  });
