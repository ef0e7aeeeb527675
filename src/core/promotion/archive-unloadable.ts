import { newEvent } from '../events/catalogue.ts';
import { type Command, metadataOf } from '../events/command.ts';
import type { BytesCheck } from '../models/check-model-bytes.ts';
import { transition } from '../models/lifecycle.ts';
import { modelAudit } from '../models/model-audit.ts';
import { putModel, type StoredModel } from '../models/model-record.ts';
import type { Commit } from '../ports/ledger.ts';
import { type Deployment, putDeployment } from './deployment.ts';

/** The commit that takes a candidate without loadable bytes out of the running, and says so as a `SystemError`. */
export function archiveUnloadable(
  command: Command,
  request: {
    readonly token: string;
    readonly deployment: Deployment;
    readonly model: StoredModel;
    readonly bytes: Extract<BytesCheck, { ok: false }>;
  },
): Commit {
  const { token, deployment, model, bytes } = request;
  const { slot } = deployment;
  const archived = { ...transition(model.record, 'archived', bytes.reason, command.now), waiting: null };
  const { runId, modelHash } = archived;
  return {
    token,
    writes: [putDeployment(deployment), putModel(archived, model.version)],
    audit: [modelAudit(command, 'ModelArchived', archived, model.record.state, { code: bytes.code })],
    events: [
      newEvent('SystemError', metadataOf(command, { token, index: 0, slot, sequence: deployment.version + 1 }), {
        component: 'promotion',
        code: bytes.code,
        message: `model ${runId} must have loadable bytes ${modelHash}, had ${bytes.reason}: restore them and promote it by hand, or register the model under a new run`,
      }),
    ],
  };
}
