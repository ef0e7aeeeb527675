import { artifactStore } from '#port/artifact-store';
import { ledger } from '#port/ledger';
import { log } from '#port/log';
import { modelStore } from '#port/model-store';
import { predictorLoader } from '#port/predictor-loader';
import { random } from '#port/random';
import { wallClock } from '#port/wall-clock';
import { buildPorts } from '../../src/compose/provided.ts';
import type { MlflowPorts } from './mlflow/route.ts';

/** What MLflow's part of the API works on here. */
export const mlflowPorts = (): MlflowPorts =>
  buildPorts<MlflowPorts>({ artifactStore, ledger, log, modelStore, predictorLoader, random, wallClock });
