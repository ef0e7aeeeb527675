import { indexes, keys } from '../ledger-keys.ts';
import type { WallClock } from '../ports/clock.ts';
import type { AuditDraft, Expected, Ledger } from '../ports/ledger.ts';
import type { Random } from '../ports/random.ts';
import { CONFLICT, retryOnConflict } from '../retry-on-conflict.ts';
import { inTurn } from './in-turn.ts';
import type { LoggedModel } from './logged-model.ts';
import { orTooLarge } from './or-too-large.ts';
import { readLoggedModel } from './read-logged-model.ts';

/** The version that is expected keeps a commit from being applied twice; its token is for a lost answer only. */
const TOKEN_MS = 60 * 60 * 1000;

/** Of writers that meet again and again one gets through each time. */
const ATTEMPTS = 30;

export interface LoggedModelPorts {
  readonly ledger: Ledger;
  readonly random: Random;
  readonly wallClock: WallClock;
}

/**
 * Commits one state of a logged model.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE when it has grown too large
 */
export async function commitLoggedModel(
  { ledger, random }: Pick<LoggedModelPorts, 'ledger' | 'random'>,
  model: LoggedModel,
  expected: Expected,
  audit: readonly AuditDraft[] = [],
): Promise<typeof CONFLICT | LoggedModel> {
  const index = indexes.loggedModels(model.experimentId, model.createdAt, model.modelId);
  const write = { kind: 'put', key: keys.loggedModel(model.modelId), expected, value: model } as const;
  try {
    const { outcome } = await ledger.commit({
      token: `logged-model:${random.id()}`,
      // What is audited was decided by somebody: its token is kept like those of all such commits.
      ...(audit.length === 0 ? { keepTokenMs: TOKEN_MS } : {}),
      writes: [model.lifecycleStage === 'active' ? { ...write, index } : write],
      audit,
      events: [],
    });
    return outcome === 'conflict' ? CONFLICT : model;
  } catch (error) {
    throw orTooLarge(
      error,
      'the parameters and tags of one logged model must have less than 370 KB together: log long texts as artifacts of the model',
    );
  }
}

/**
 * Changes a logged model, again after each conflict with another writer, so that writers at the same time lose nothing of each other.
 *
 * @param change of the model as it is now; the same model when there is nothing to change
 * @throws MlflowError RESOURCE_DOES_NOT_EXIST, INVALID_PARAMETER_VALUE when it has grown too large; AresError `LEDGER_CONTENDED` when others always came between; what `change` throws
 */
export async function changeLoggedModel(
  ports: Pick<LoggedModelPorts, 'ledger' | 'random'>,
  modelId: string,
  change: (model: LoggedModel) => LoggedModel,
  audit: readonly AuditDraft[] = [],
): Promise<LoggedModel> {
  const attempt = async () => {
    const { model, version } = await readLoggedModel(ports.ledger, modelId);
    const changed = change(model);
    return changed === model ? model : commitLoggedModel(ports, changed, version, audit);
  };
  const what = `a change of the logged model ${modelId}`;
  return inTurn(ports.ledger, modelId, () => retryOnConflict(what, attempt, ATTEMPTS));
}
