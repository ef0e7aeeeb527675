import * as z from 'zod';
import { RUN_STATUSES } from '../../../src/core/tracking/run-document.ts';
import { optionalText, requiredText, tagList, textList, textOrEmpty } from './request-fields.ts';
import { integerOrZero, ofRun, optionalInteger, requiredFloat, requiredInteger, viewType } from './tracking-fields.ts';

const modelId = z.preprocess((value) => value || undefined, z.string().optional());

/** `pairs` of log-batch: without a key they are refused. */
const keyedPair = z.object({ key: requiredText, value: textOrEmpty });
const listOf = <Member extends z.ZodType>(member: Member) => z.preprocess((value) => value ?? [], z.array(member));

const metricFields = {
  key: requiredText,
  value: requiredFloat,
  timestamp: requiredInteger,
  step: integerOrZero,
  model_id: modelId,
  dataset_name: modelId,
  dataset_digest: modelId,
};
const metricSchema = z.object(metricFields);

/** A metric as a client sends it. */
export type MetricInput = z.output<typeof metricSchema>;

export const createRunSchema = z.object({
  experiment_id: textOrEmpty,
  user_id: textOrEmpty,
  start_time: integerOrZero,
  run_name: textOrEmpty,
  tags: tagList,
});

export const runSchema = ofRun({});

export const updateRunSchema = ofRun({
  status: z.preprocess((value) => {
    const number = Number(value ?? Number.NaN);
    return (Number.isInteger(number) ? RUN_STATUSES[number - 1] : value) ?? undefined;
  }, z.enum(RUN_STATUSES).optional()),
  end_time: optionalInteger,
  run_name: optionalText,
});

export const logMetricSchema = ofRun(metricFields);
export const logPairSchema = ofRun({ key: requiredText, value: textOrEmpty });
export const runKeySchema = ofRun({ key: requiredText });

export const logBatchSchema = ofRun({
  metrics: listOf(metricSchema),
  params: listOf(keyedPair),
  tags: listOf(keyedPair),
});

const dataset = z.object({
  name: textOrEmpty,
  digest: textOrEmpty,
  source_type: textOrEmpty,
  source: textOrEmpty,
  schema: optionalText,
  profile: optionalText,
});

export const logInputsSchema = ofRun({
  datasets: listOf(z.object({ dataset, tags: tagList })),
  models: listOf(z.object({ model_id: textOrEmpty })),
});

export const logOutputsSchema = ofRun({ models: z.array(z.object({ model_id: textOrEmpty, step: integerOrZero })) });
export const logModelSchema = ofRun({ model_json: requiredText });

export const searchRunsSchema = z.object({
  experiment_ids: textList,
  filter: optionalText,
  run_view_type: viewType,
  max_results: z.preprocess((value) => value ?? 1_000, requiredInteger),
  order_by: textList,
  page_token: optionalText,
});
