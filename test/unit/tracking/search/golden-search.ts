import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Searchable } from '../../../../src/core/tracking/search/searchable.ts';

/** JSON has neither NaN nor infinities: the fixture writes them as texts. */
const figure = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]).transform(Number);

const entity = z
  .strictObject({
    attributes: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
    metrics: z.record(z.string(), figure).optional(),
    params: z.record(z.string(), z.string()).optional(),
    tags: z.record(z.string(), z.string()).optional(),
    datasets: z
      .array(z.strictObject({ name: z.string(), digest: z.string(), context: z.string().optional() }))
      .optional(),
    modelMetrics: z
      .array(
        z.strictObject({
          key: z.string(),
          value: figure,
          timestamp: z.number(),
          step: z.number(),
          runId: z.string(),
          datasetName: z.string().optional(),
          datasetDigest: z.string().optional(),
        }),
      )
      .optional(),
  })
  .transform((read) => read as Searchable);

const answer = z.union([
  z.strictObject({ ids: z.array(z.string()) }),
  z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) }),
  z.strictObject({ crash: z.string() }),
]);

const kind = z.enum(['runs', 'experiments', 'registered-models', 'model-versions', 'logged-models']);
const dataset = z.strictObject({ dataset_name: z.string(), dataset_digest: z.string().optional() });
const order = z.strictObject({ field_name: z.string(), ascending: z.boolean(), ...dataset.partial().shape });

const golden = z.object({
  entities: z.record(kind, z.array(entity)),
  filters: z.array(z.strictObject({ kind, filter: z.string(), datasets: z.array(dataset).optional(), answer })),
  orders: z.array(z.strictObject({ kind, order_by: z.array(z.union([z.string(), order])), answer })),
});

export type GoldenAnswer = z.infer<typeof answer>;

/** What the genuine MLflow server answered; `test/fixtures/mlflow-search/generate.py` asked it. */
export const goldenSearch = golden.parse(
  JSON.parse(readFileSync(new URL('../../../fixtures/mlflow-search/golden.json', import.meta.url), 'utf8')),
);
