import ort from 'onnxruntime-node';
import type { OnnxSession } from './onnx-session.ts';
import { readProbabilities, runFailed } from './read-probabilities.ts';

/**
 * Runs rows in one go, and writes the probability of the target for each into `into`, from index `at`.
 *
 * @param rows row after row, `width` values each; may be read at a later time, so not to be changed until then
 * @throws AresError `PREDICTION_INVALID` when the model fails or returns anything but a number from 0 to 1 a row
 */
export async function runRows(
  session: OnnxSession,
  rows: Float32Array,
  width: number,
  into: Float32Array,
  at: number,
): Promise<void> {
  const count = rows.length / width;
  let output: Awaited<ReturnType<OnnxSession['run']>>;
  try {
    output = await session.run(new ort.Tensor('float32', rows, [count, width]));
  } catch (cause) {
    throw runFailed(count, width, cause);
  }
  readProbabilities(output, count, into, at);
}
