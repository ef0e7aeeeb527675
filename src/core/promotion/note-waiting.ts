import type { Command } from '../events/command.ts';
import { modelAudit } from '../models/model-audit.ts';
import { putModel } from '../models/model-record.ts';
import { readModel } from '../models/read-models.ts';
import type { SlotId } from '../models/slot.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { WaitingCandidate } from './decide-candidate.ts';
import { checkDeployment, readDeployment } from './deployment.ts';

/**
 * Records, with an audit entry, why a candidate waits and against which champion; the same finding again is not written again.
 *
 * When somebody has decided meanwhile, the finding is out of date and is dropped: the next check makes a new one.
 */
export async function noteWaiting(
  command: Command,
  slot: SlotId,
  { runId, outcome, reason, championRunId }: WaitingCandidate,
  ledger: Ledger,
): Promise<void> {
  const { record, version } = await readModel(ledger, slot, runId);
  const deployment = await readDeployment(ledger, slot);
  if (record.state !== 'candidate' || deployment.championRunId !== championRunId) return;
  if (record.waiting?.championRunId === championRunId && record.waiting.reason === reason) return;
  const noted = { ...record, waiting: { championRunId, reason } };
  await ledger.commit({
    token: `${command.id}:${slot}:${runId}:waits:${version}`,
    writes: [checkDeployment(deployment), putModel(noted, version)],
    audit: [modelAudit(command, 'CandidateWaits', noted, 'candidate', { championRunId, verdict: outcome, finding: reason })],
    events: [],
  });
}
