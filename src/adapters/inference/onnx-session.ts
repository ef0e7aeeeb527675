import ort from 'onnxruntime-node';
import { AresError, messageOf } from '../../core/ares-error.ts';

/** One thread: a row is too little work to share, and waking other threads is what makes the slowest predictions slow. */
const OPTIONS: ort.InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 4,
};

/** @throws AresError `MODEL_INVALID` when ONNX Runtime does not take the model */
export async function createSession(bytes: Uint8Array): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(bytes, OPTIONS);
  } catch (cause) {
    throw new AresError('MODEL_INVALID', `a model must be one ONNX Runtime can load: ${messageOf(cause)}`, {}, cause);
  }
}

/**
 * Runs rows and returns the probability of the target for each.
 *
 * @param rows row after row, `width` values each; read at a later time, so not to be changed until then
 * @throws AresError `PREDICTION_INVALID` when the model fails or returns anything but a number from 0 to 1 a row
 */
export async function runRows(
  session: ort.InferenceSession,
  names: { readonly input: string; readonly output: string },
  rows: Float32Array,
  width: number,
): Promise<Float32Array> {
  const count = rows.length / width;
  const invalid = (text: string, cause?: unknown) => new AresError('PREDICTION_INVALID', text, { rows: count }, cause);
  let values: ort.Tensor['data'] | undefined;
  try {
    const outputs = await session.run({ [names.input]: new ort.Tensor('float32', rows, [count, width]) }, [
      names.output,
    ]);
    values = outputs[names.output]?.data;
  } catch (cause) {
    throw invalid(`the model must take ${count} rows of ${width} values: ${messageOf(cause)}`, cause);
  }
  if (!(values instanceof Float32Array) || (values.length !== count && values.length !== 2 * count)) {
    throw invalid(
      `the model must return one or two numbers for each of ${count} rows, returned ${values?.length ?? 'none'}`,
    );
  }
  const columns = values.length / count;
  const probabilities = new Float32Array(count);
  for (let row = 0; row < count; row += 1) {
    const probability = values[row * columns + columns - 1] as number;
    if (!(probability >= 0 && probability <= 1)) {
      throw invalid(`a prediction must be a number from 0 to 1, was ${probability} in row ${row + 1}`);
    }
    probabilities[row] = probability;
  }
  return probabilities;
}
