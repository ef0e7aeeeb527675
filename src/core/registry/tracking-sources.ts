import * as z from 'zod';
import type { WallClock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Random } from '../ports/random.ts';
import { MlflowError } from '../tracking/mlflow-error.ts';
import { readActiveLoggedModel } from '../tracking/read-logged-model.ts';
import { readRun } from '../tracking/read-run.ts';
import { changeLoggedModel } from '../tracking/write-logged-model.ts';
import type { ModelSources } from './model-sources.ts';

interface TrackingPorts {
  readonly ledger: Ledger;
  readonly random: Random;
  readonly wallClock: WallClock;
}

/** The tag in which MLflow keeps the versions made of a logged model, as JSON. */
const VERSIONS_TAG = 'mlflow.modelVersions';

/** Runs and logged models as the tracking has them. */
export function trackingSources(ports: TrackingPorts): ModelSources {
  const { ledger } = ports;
  return {
    run: (runId) =>
      unlessUnknown(async () => {
        const { artifactUri, params, tags, metrics } = (await readRun(ledger, runId)).run;
        const values = Object.entries(metrics).map(([name, [value]]) => [name, Number(value)] as const);
        return { artifactUri, params, tags, metrics: Object.fromEntries(values) };
      }),
    loggedModel: (modelId) =>
      unlessUnknown(async () => {
        const { artifactLocation, sourceRunId } = await readActiveLoggedModel(ledger, modelId);
        return { artifactUri: artifactLocation, sourceRunId };
      }),
    async noteVersion(modelId, name, version) {
      await changeLoggedModel(ports, modelId, (model) => {
        const versions = [...versionsIn(model.tags[VERSIONS_TAG]), { name, version }];
        return { ...model, tags: { ...model.tags, [VERSIONS_TAG]: `[${versions.map(entryText).join(', ')}]` } };
      });
    },
  };
}

async function unlessUnknown<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof MlflowError && error.code === 'RESOURCE_DOES_NOT_EXIST') return undefined;
    throw error;
  }
}

const versionsSchema = z.array(z.object({ name: z.string(), version: z.union([z.number(), z.string()]) }));
type Entry = z.infer<typeof versionsSchema>[number];

/** With Python's spaces: clients compare such texts. */
const entryText = ({ name, version }: Entry): string =>
  `{"name": ${JSON.stringify(name)}, "version": ${JSON.stringify(version)}}`;

/** Clients write the tag too, and anybody may have set it to anything. */
function versionsIn(tag: string | undefined): readonly Entry[] {
  try {
    return versionsSchema.safeParse(JSON.parse(tag ?? '[]')).data ?? [];
  } catch {
    return [];
  }
}
