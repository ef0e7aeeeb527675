import * as z from 'zod';
import { AresError } from '../../core/ares-error.ts';
import { type ModelSignature, modelSignatureSchema } from '../../core/models/signature.ts';
import { type GraphValue, type OnnxOutline, readEntry, readOutline } from './onnx-outline.ts';
import { protobufFields } from './protobuf-fields.ts';

/** The metadata entry that holds the signature, as JSON. */
export const SIGNATURE_KEY = 'ares.signature';

const METADATA_FIELD = 14;

/**
 * Reads a model's signature from its metadata and checks it against the graph's inputs and outputs, without creating a session.
 *
 * @throws AresError `MODEL_INVALID` (not an ONNX file, cut off, parts of it in another file, no or a malformed signature), `SIGNATURE_MISMATCH` naming the first difference from the graph
 */
export function readSignature(bytes: Uint8Array): ModelSignature {
  const outline = readOutline(bytes);
  if (outline.hasExternalData) {
    throw new AresError(
      'MODEL_INVALID',
      'a model must be one ONNX file, had values in another one (external data): save it whole, in MLflow with log_model(…, save_as_external_data=False)',
    );
  }
  const signature = parseSignature(outline.metadata.get(SIGNATURE_KEY));
  checkGraph(signature, outline);
  return signature;
}

function parseSignature(json: string | undefined): ModelSignature {
  if (json === undefined) {
    throw new AresError(
      'MODEL_INVALID',
      `a model must carry its signature in the metadata entry ${SIGNATURE_KEY}, had none`,
    );
  }
  const invalid = (reason: string, cause: unknown) =>
    new AresError('MODEL_INVALID', `the metadata entry ${SIGNATURE_KEY} must be a signature: ${reason}`, {}, cause);
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch (cause) {
    throw invalid('it is not JSON', cause);
  }
  const parsed = modelSignatureSchema.safeParse(content);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error), parsed.error);
  const { features, golden } = parsed.data;
  for (const [index, { row }] of golden.entries()) {
    if (row.length !== features.length) {
      throw invalid(`golden sample ${index + 1} must have ${features.length} values, had ${row.length}`, undefined);
    }
  }
  return parsed.data;
}

function checkGraph(signature: ModelSignature, { inputs, outputs }: OnnxOutline): void {
  const width = signature.features.length;
  const names = (values: readonly GraphValue[]) => values.map(({ name }) => `"${name}"`).join(', ') || 'none';
  const mismatch = (text: string) => new AresError('SIGNATURE_MISMATCH', text);
  const input = inputs[0];
  if (!input || inputs.length > 1 || input.name !== signature.input) {
    throw mismatch(`the graph's only input must be "${signature.input}", as its signature says, was ${names(inputs)}`);
  }
  const columns = input.shape?.[1];
  if (!input.isFloat || (input.shape && input.shape.length !== 2) || (columns !== undefined && columns !== width)) {
    throw mismatch(
      `the graph's input "${input.name}" must be float32 [N, ${width}] for the signature's ${width} features, was ${described(input)}`,
    );
  }
  const output = outputs.find(({ name }) => name === signature.output);
  if (!output)
    throw mismatch(
      `the graph must have the output "${signature.output}", as its signature says, had ${names(outputs)}`,
    );
  const probabilities = output.shape?.length === 1 ? 1 : output.shape?.[1];
  if (
    !output.isFloat ||
    (output.shape?.length ?? 1) > 2 ||
    (probabilities !== undefined && probabilities !== 1 && probabilities !== 2)
  ) {
    throw mismatch(
      `the graph's output "${output.name}" must be float32 [N, 2], [N, 1] or [N], was ${described(output)}`,
    );
  }
}

function described({ isFloat, shape }: GraphValue): string {
  const dimensions = shape ? `[${shape.map((size) => size ?? '?').join(', ')}]` : 'without a shape';
  return `${isFloat ? 'float32' : 'not float32'} ${dimensions}`;
}

/**
 * The same model carrying this signature instead of any it had; nothing else of its bytes changes.
 *
 * @throws AresError `MODEL_INVALID`
 */
export function withSignature(bytes: Uint8Array, signature: ModelSignature): Uint8Array {
  const kept: Uint8Array[] = [];
  for (const field of protobufFields(bytes)) {
    const replaced = field.number === METADATA_FIELD && readEntry(field.content)[0] === SIGNATURE_KEY;
    if (!replaced) kept.push(bytes.subarray(field.start, field.end));
  }
  const key = lengthDelimited(1, Buffer.from(SIGNATURE_KEY));
  const value = lengthDelimited(2, Buffer.from(JSON.stringify(signature)));
  return Uint8Array.from(Buffer.concat([...kept, lengthDelimited(METADATA_FIELD, Buffer.concat([key, value]))]));
}

function lengthDelimited(field: number, content: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.from([field * 8 + 2, ...varint(content.length)]), content]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
