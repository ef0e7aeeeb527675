import { randomFillSync } from 'node:crypto';

/** What fits the length of two bytes. */
export const LONGEST_FRAME = 65_535;

const MASK_BYTES = 4;
const masks = Buffer.alloc(4_096);
let masksUsed = masks.length;

/**
 * A text as one masked frame of a client (RFC 6455, section 5.2), ready for the socket.
 *
 * @param text at most {@link LONGEST_FRAME} bytes
 */
export function textFrame(text: string): Buffer {
  if (masksUsed === masks.length) {
    randomFillSync(masks);
    masksUsed = 0;
  }
  const length = Buffer.byteLength(text);
  const head = length > 125 ? 8 : 6;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = 0x81;
  if (head === 8) {
    frame[1] = 0xfe;
    frame.writeUInt16BE(length, 2);
  } else frame[1] = 0x80 | length;
  frame.write(text, head);
  const start = head - MASK_BYTES;
  for (let i = 0; i < MASK_BYTES; i += 1) {
    const mask = masks.readUInt8(masksUsed + i);
    frame[start + i] = mask;
    for (let at = head + i; at < frame.length; at += MASK_BYTES) frame[at] = frame.readUInt8(at) ^ mask;
  }
  masksUsed += MASK_BYTES;
  return frame;
}
