import { ledger } from '#port/ledger';
import { modelStore } from '#port/model-store';
import { readEnv } from '../../../src/compose/env.ts';
import { type RegisterOutcome, registerCandidate } from '../../../src/core/models/register-candidate.ts';
import { listSlots } from '../../../src/core/models/slot-registry.ts';
import type { TrainedCandidate } from '../../../src/core/ports/trainer.ts';
import type { TrainingSpec } from '../../../src/core/training/training-spec.ts';
import { chooseSlot } from '../choose-slot.ts';
import { newCommand } from '../new-command.ts';
import type { Session } from '../session.ts';

interface Registration {
  readonly runId: string;
  readonly trained: TrainedCandidate;
  readonly spec: TrainingSpec;
  readonly user: string | undefined;
}

/** Makes the trained model a candidate of the slot; a data directory without any slot, even a new one, gets the named or standard one. */
export async function registerTrained(
  session: Session,
  { runId, trained, spec, user }: Registration,
): Promise<RegisterOutcome> {
  const store = ledger();
  const known = await listSlots(store);
  const slot = session.slot ?? (known.length === 0 ? readEnv().ARES_SLOT[0] : await chooseSlot(store, undefined));
  const { predictorLoader } = await import('#port/predictor-loader');
  const { bytes, metrics, counts, validationWindow } = trained;
  const params = Object.entries(spec).filter(
    (entry): entry is [string, string | number | boolean] => typeof entry[1] !== 'object' && entry[1] !== undefined,
  );
  return registerCandidate(
    {
      ...(await newCommand(store, user, slot)),
      slot,
      runId,
      model: { bytes },
      params: Object.fromEntries(params),
      metrics: metrics ? { accuracy: metrics.accuracy, log_loss: metrics.logLoss, up_share: metrics.upShare } : {},
      evaluation: validationWindow ? { ...validationWindow, rows: counts.validationRows } : null,
    },
    { ledger: store, modelStore: modelStore(), predictorLoader },
  );
}
