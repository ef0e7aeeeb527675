import { evaluationSchema } from '../models/model-record.ts';
import { MlflowError } from '../tracking/mlflow-error.ts';
import type { SourceRun } from './model-sources.ts';
import { pairValue, type TextPairs } from './text-pairs.ts';

/** The tag that says on which bars the metrics were measured: `{"from":1641000000000,"to":1642000000000,"rows":15000}`, open times of the first and the last. */
const EVALUATION_TAG = 'ares.evaluation';

/** The registry and the audit trail keep them with the model. */
const MAX_BYTES = 100_000;

export interface Measurements {
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly evaluation: { readonly from: number; readonly to: number; readonly rows: number } | null;
}

const invalid = (message: string, cause?: unknown): MlflowError =>
  new MlflowError('INVALID_PARAMETER_VALUE', message, {}, cause);

/**
 * What a run knows of the model it gave. Metrics that are no finite number are left out: they could not be measured.
 *
 * @param tags of the version; its word on the evaluation goes before the run's
 * @throws MlflowError INVALID_PARAMETER_VALUE
 */
export function candidateMeasurements(run: SourceRun | undefined, tags: TextPairs<string>): Measurements {
  const params = run?.params ?? {};
  const metrics = Object.fromEntries(
    Object.entries(run?.metrics ?? {}).filter(([name, value]) => name !== '' && Number.isFinite(value)),
  );
  const bytes = new TextEncoder().encode(JSON.stringify({ params, metrics })).length;
  if (bytes > MAX_BYTES) {
    throw invalid(
      `the run's params and latest metrics must have at most ${MAX_BYTES} bytes together to stand with a slot's model, had ${bytes}: log fewer in the run that the model comes from`,
    );
  }
  const text = pairValue(tags, EVALUATION_TAG) ?? run?.tags[EVALUATION_TAG] ?? run?.params[EVALUATION_TAG];
  return { params, metrics, evaluation: text === undefined ? null : parseEvaluation(text) };
}

function parseEvaluation(text: string): Measurements['evaluation'] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw invalid(`${EVALUATION_TAG} must be JSON, was ${text.slice(0, 200)}`, cause);
  }
  const parsed = evaluationSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw invalid(
    `${EVALUATION_TAG} must be like {"from":1641000000000,"to":1642000000000,"rows":15000}, open times of the first and last bar and the number of predictions, was ${text.slice(0, 200)}`,
  );
}
