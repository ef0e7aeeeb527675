import * as z from 'zod';
import { parseItem } from '../ledger/parse-item.ts';
import type { Item, JsonObject } from '../ports/ledger.ts';

const experimentSchema = z.object({
  /** A whole number as text. */
  id: z.string(),
  name: z.string(),
  artifactLocation: z.string(),
  stage: z.enum(['active', 'deleted']),
  /** Wall time in milliseconds, as `updatedAt`. */
  createdAt: z.number(),
  updatedAt: z.number(),
  tags: z.array(z.tuple([z.string(), z.string()])),
  /** The metrics by which all of its runs can be found; those it declares, but for the time that takes. */
  indexed: z.array(z.string()),
});

/** A group of runs, which a researcher names. */
export type Experiment = Readonly<z.output<typeof experimentSchema>>;

/** @throws AresError `LEDGER_ITEM_INVALID` */
export const experimentOf = (item: Item): Experiment => parseItem(item, experimentSchema, 'experiment');

/** The experiment as MLflow's clients read it. */
export const experimentJson = (experiment: Experiment): JsonObject => ({
  experiment_id: experiment.id,
  name: experiment.name,
  artifact_location: experiment.artifactLocation,
  lifecycle_stage: experiment.stage,
  last_update_time: experiment.updatedAt,
  creation_time: experiment.createdAt,
  ...(experiment.tags.length > 0 && { tags: experiment.tags.map(([key, value]) => ({ key, value })) }),
  workspace: 'default',
});
