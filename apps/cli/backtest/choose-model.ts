import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { databaseInspector } from '#port/database-inspector';
import { ledger } from '#port/ledger';
import { modelStore } from '#port/model-store';
import { readEnv } from '../../../src/compose/env.ts';
import { AresError, messageOf } from '../../../src/core/ares-error.ts';
import { DEFAULT_CONFIG, type LiveConfig } from '../../../src/core/config/live-config.ts';
import { readConfig } from '../../../src/core/config/read-config.ts';
import { aresCore } from '../../../src/core/features/ares-core.ts';
import type { Timeframe } from '../../../src/core/market-data/candle.ts';
import { checkSignature } from '../../../src/core/models/check-signature.ts';
import type { Evaluation } from '../../../src/core/models/model-record.ts';
import { readModel } from '../../../src/core/models/read-models.ts';
import { parseSlotId, type SlotId, slotId } from '../../../src/core/models/slot.ts';
import type { Predictor } from '../../../src/core/ports/predictor.ts';
import { chooseSlot } from '../choose-slot.ts';
import { openLedger } from '../open-ledger.ts';
import type { Session } from '../session.ts';

export interface ModelChoice {
  readonly run?: string;
  readonly model?: string;
}

export interface ChosenModel {
  readonly slot: SlotId;
  /** The run, or the name of the file. */
  readonly runId: string;
  readonly predictor: Predictor;
  readonly config: LiveConfig;
  /** The bars the model's figures are of, which it may have been chosen by; `null` where nobody said. */
  readonly evaluation: Evaluation | null;
}

/**
 * Loads the model that `--run` or `--model` names, for candles of a timeframe. A model file needs no data directory.
 *
 * @throws AresError `USAGE`, `FILE_UNREADABLE`, `TIMEFRAME_MISMATCH`, `SIGNATURE_MISMATCH`, and what reading and loading a model throws
 */
export async function chooseModel(
  session: Session,
  { run, model }: ModelChoice,
  timeframe: Timeframe,
): Promise<ChosenModel> {
  if ((run === undefined) === (model === undefined)) {
    throw new AresError('USAGE', 'the model must be named once: by --run RUN, or by --model FILE.onnx in its place');
  }
  const { bytes, ...found } =
    run === undefined ? await fromFile(session, model as string, timeframe) : await fromRegistry(session, run);
  const { slot, runId } = found;
  const slotTimeframe = parseSlotId(slot).timeframe;
  if (slotTimeframe !== timeframe) {
    throw new AresError(
      'TIMEFRAME_MISMATCH',
      `candles must be of the slot's timeframe ${slotTimeframe}, were of ${timeframe}`,
      { slot, timeframe },
    );
  }
  const { predictorLoader } = await import('#port/predictor-loader');
  const fits = checkSignature(predictorLoader.readSignature(bytes), aresCore, timeframe);
  if (!fits.ok) throw new AresError('SIGNATURE_MISMATCH', fits.reason, { runId });
  return { ...found, predictor: await predictorLoader.load(bytes) };
}

type Found = Omit<ChosenModel, 'predictor'> & { readonly bytes: Uint8Array };

async function fromRegistry(session: Session, run: string): Promise<Found> {
  const store = openLedger(session);
  const slot = await chooseSlot(store, session.slot);
  const { record } = await readModel(store, slot, run);
  const { config } = await readConfig(store);
  return {
    slot,
    config,
    runId: record.runId,
    evaluation: record.evaluation,
    bytes: await modelStore().get(record.modelHash),
  };
}

async function fromFile(session: Session, path: string, timeframe: Timeframe): Promise<Found> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new AresError(
      'FILE_UNREADABLE',
      `${path} must be a file that can be read (${messageOf(error)})`,
      { path },
      error,
    );
  });
  // The standard slot on the candles' own timeframe, where nobody names one.
  const slot = session.slot ?? slotId({ ...parseSlotId(readEnv().ARES_SLOT[0]), timeframe });
  const config = databaseInspector.exists(session.dataDir) ? (await readConfig(ledger())).config : DEFAULT_CONFIG;
  return { slot, config, runId: basename(path), evaluation: null, bytes };
}
