import { Socket } from 'node:net';

/** What Node calls on every socket with bytes read, and to hand bytes to the system. */
interface SocketInside {
  push(this: Socket, chunk: unknown, encoding?: BufferEncoding): boolean;
  _writeGeneric(this: Socket, writev: boolean, data: unknown, encoding: string, done: unknown): void;
}

/** Below this it is a ping or a pong, not an order. */
const ORDER_BYTES = 64;

/** When bytes came from the sockets of this process and when they went to the system, in milliseconds of `performance.now`. */
export interface SocketProbe {
  /** When the bytes being handled now were read. */
  readAt(): number;
  /** When bytes that can be an order were last handed to the system; −∞ before the first. */
  writtenAt(): number;
  remove(): void;
}

function bytesOf(data: unknown): number {
  if (typeof data === 'string') return Buffer.byteLength(data);
  if (data instanceof Uint8Array) return data.byteLength;
  if (!Array.isArray(data)) return 0;
  return data.reduce((sum: number, part: { chunk?: unknown }) => sum + bytesOf(part.chunk ?? part), 0);
}

/** Watches all sockets of the process: the adapter under test keeps its own to itself, and must not be changed to be measured. */
export function installSocketProbe(): SocketProbe {
  const inside = Socket.prototype as unknown as SocketInside;
  const { push, _writeGeneric: write } = inside;
  let readAt = Number.NEGATIVE_INFINITY;
  let writtenAt = Number.NEGATIVE_INFINITY;
  inside.push = function (chunk, encoding) {
    readAt = performance.now();
    return push.call(this, chunk, encoding);
  };
  inside._writeGeneric = function (writev, data, encoding, done) {
    write.call(this, writev, data, encoding, done);
    if (bytesOf(data) >= ORDER_BYTES) writtenAt = performance.now();
  };
  return {
    readAt: () => readAt,
    writtenAt: () => writtenAt,
    remove() {
      inside.push = push;
      inside._writeGeneric = write;
    },
  };
}
