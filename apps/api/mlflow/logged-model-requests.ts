import * as z from 'zod';
import { limit, requiredText, tagList, textOrEmpty } from './request-fields.ts';

const pairs = tagList.transform((tags) => tags.map(([key, value]) => ({ key, value })));
const error = () => "Hint: Value was of type 'list'";

export const createSchema = z.object({
  experiment_id: requiredText,
  name: textOrEmpty,
  model_type: textOrEmpty,
  source_run_id: textOrEmpty,
  params: pairs,
  tags: pairs,
});

export const finalizeSchema = z.object({ model_id: requiredText, status: z.union([z.string(), z.number()]) });

export const paramsSchema = z.object({ model_id: requiredText, params: pairs });

export const tagsSchema = z.object({ tags: pairs });

/** What is no object orders by nothing, which is refused by name. */
const orderSchema = z
  .object({
    field_name: z.string().optional(),
    ascending: z.boolean().optional(),
    dataset_name: z.string().optional(),
    dataset_digest: z.string().optional(),
  })
  .catch({});

const datasetSchema = z.object({ dataset_name: textOrEmpty, dataset_digest: z.string().optional() });

export const searchSchema = z.object({
  experiment_ids: z.custom<readonly string[]>(
    (value) => Array.isArray(value) && value.every((id) => typeof id === 'string'),
    { error },
  ),
  filter: textOrEmpty,
  datasets: z.array(datasetSchema).default([]),
  order_by: z.array(orderSchema).default([]),
  max_results: limit(0, Number.MAX_SAFE_INTEGER),
  page_token: textOrEmpty,
});
