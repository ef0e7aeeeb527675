import { newEvent } from '../events/catalogue.ts';
import { type Command, metadataOf } from '../events/command.ts';
import { transition } from '../models/lifecycle.ts';
import { modelAudit } from '../models/model-audit.ts';
import { type ModelRecord, putModel, type StoredModel } from '../models/model-record.ts';
import type { Commit, JsonObject } from '../ports/ledger.ts';
import { type Deployment, pushHistory, putDeployment, rewindHistory } from './deployment.ts';

/** One champion after another, as one transaction. */
export interface ChampionChange {
  readonly change: 'promoted' | 'rolled_back';
  readonly token: string;
  readonly deployment: Deployment;
  /** The model that comes into production. */
  readonly next: StoredModel;
  /** The champion that leaves it; absent before the first. */
  readonly previous: StoredModel | undefined;
  /** Why, for the record and the audit entry. */
  readonly reason: string;
  readonly details?: JsonObject;
}

/**
 * The commit that makes `next` the champion: both models' states, the deployment, audit and `ModelUpdated`, all or nothing.
 *
 * The old champion goes to `archived` at once, not to `standby`: that state is for a successor on trial, and here the successor gets the full size.
 */
export function changeChampion(command: Command, request: ChampionChange): Commit {
  const { change, token, deployment, next, previous, reason, details = {} } = request;
  const { now } = command;
  const champion: ModelRecord = {
    ...transition(next.record, 'production', reason, now),
    promotedAt: now,
    waiting: null,
  };
  const previousRunId = previous?.record.runId ?? null;
  const archived = previous && archive(previous.record, champion, command, change);
  const sequence = deployment.version + 1;
  return {
    token,
    writes: [
      putDeployment({
        ...deployment,
        championRunId: champion.runId,
        championHash: champion.modelHash,
        history: nextHistory(request),
        lastChange: { token, change, runId: champion.runId, previousRunId },
      }),
      putModel(champion, next.version),
      ...(previous && archived ? [putModel(archived, previous.version)] : []),
    ],
    audit: [
      modelAudit(command, change === 'promoted' ? 'ModelPromoted' : 'ModelRolledBack', champion, next.record.state, {
        previousRunId,
        ...details,
      }),
      ...(archived ? [modelAudit(command, 'ModelArchived', archived, 'production')] : []),
    ],
    events: [
      newEvent('ModelUpdated', metadataOf(command, { token, index: 0, slot: deployment.slot, sequence }), {
        change,
        runId: champion.runId,
        modelHash: champion.modelHash,
        previousRunId,
      }),
    ],
  };
}

function archive(
  previous: ModelRecord,
  champion: ModelRecord,
  command: Command,
  change: ChampionChange['change'],
): ModelRecord {
  if (change === 'promoted') {
    return transition(previous, 'archived', `replaced by ${champion.runId}`, command.now);
  }
  return {
    ...transition(previous, 'archived', `rolled back to ${champion.runId}`, command.now),
    rolledBackAt: command.now,
  };
}

function nextHistory({ change, deployment, next, previous }: ChampionChange): Deployment['history'] {
  const { history } = deployment;
  const target = next.record.runId;
  if (!previous) return history;
  if (change === 'rolled_back') return rewindHistory(history, target);
  // A model that was rolled back from and promoted again by hand is not walked back to: it has failed once.
  if (previous.record.rolledBackAt !== null) return history.filter((runId) => runId !== target);
  return pushHistory(history, previous.record.runId, target);
}
