import { AresError } from '../../core/ares-error.ts';

/** One field of a protobuf message as it lies in the bytes. */
export interface ProtobufField {
  readonly number: number;
  /** A varint's value; 0 for other fields. */
  readonly value: number;
  /** The content of a length-delimited field; empty for others. */
  readonly content: Uint8Array;
  /** Where the field, with its tag, begins and ends. */
  readonly start: number;
  readonly end: number;
}

const EMPTY = new Uint8Array(0);

/**
 * Walks over the fields of one message without decoding what they hold: a model's tables are stepped over, not read.
 *
 * Format: Protocol Buffers, Encoding (wire types 0, 1, 2 and 5).
 *
 * @throws AresError `MODEL_INVALID` where the bytes are no message: cut off, or not protobuf at all
 */
export function* protobufFields(bytes: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  const malformed = (what: string) =>
    new AresError('MODEL_INVALID', `a model must be a whole ONNX file, ${what} at byte ${at} of ${bytes.length}`);
  const varint = () => {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 63; factor *= 128) {
      const byte = bytes[at];
      if (byte === undefined) throw malformed('was cut off');
      at += 1;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw malformed('had a number of over 64 bits');
  };
  const take = (length: number) => {
    if (length > bytes.length - at) throw malformed(`was cut off: ${length} bytes should follow`);
    at += length;
    return bytes.subarray(at - length, at);
  };

  while (at < bytes.length) {
    const start = at;
    const tag = varint();
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (number === 0) throw malformed('had a field numbered 0');
    let value = 0;
    let content: Uint8Array = EMPTY;
    if (wireType === 0) value = varint();
    else if (wireType === 1) take(8);
    else if (wireType === 2) content = take(varint());
    else if (wireType === 5) take(4);
    else throw malformed(`had wire type ${wireType}`);
    yield { number, value, content, start, end: at };
  }
}
