import { AresError, messageOf } from '../../core/ares-error.ts';
import type { OutputData } from './onnx-binding.ts';

const invalid = (text: string, rows: number, cause?: unknown): AresError =>
  new AresError('PREDICTION_INVALID', text, { rows }, cause);

/** What the runtime threw, as the error a caller knows. */
export function runFailed(rows: number, width: number, cause: unknown): AresError {
  return invalid(`the model must take ${rows} rows of ${width} values: ${messageOf(cause)}`, rows, cause);
}

function checked(probability: number, row: number, rows: number): number {
  if (probability >= 0 && probability <= 1) return probability;
  throw invalid(`a prediction must be a number from 0 to 1, was ${probability} in row ${row + 1}`, rows);
}

function columnsOf(values: OutputData | undefined, rows: number): { values: Float32Array; columns: number } {
  if (values instanceof Float32Array && (values.length === rows || values.length === 2 * rows))
    return { values, columns: values.length / rows };
  throw invalid(
    `the model must return one or two numbers for each of ${rows} rows, returned ${values?.length ?? 'none'}`,
    rows,
  );
}

/**
 * The probability of the target for one row: the model's last number.
 *
 * @throws AresError `PREDICTION_INVALID` when that is anything but a number from 0 to 1
 */
export function readProbability(output: OutputData | undefined): number {
  const { values, columns } = columnsOf(output, 1);
  return checked(values[columns - 1] as number, 0, 1);
}

/** The same for many rows, written into `into` from index `at`. */
export function readProbabilities(output: OutputData | undefined, rows: number, into: Float32Array, at: number): void {
  const { values, columns } = columnsOf(output, rows);
  for (let row = 0; row < rows; row += 1) {
    into[at + row] = checked(values[row * columns + columns - 1] as number, at + row, at + rows);
  }
}
