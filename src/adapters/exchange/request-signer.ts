import { createPrivateKey, sign } from 'node:crypto';
import type { WallClock } from '../../core/ports/clock.ts';
import type { ExchangeKeys } from '../../core/ports/secrets.ts';
import { hmacSha256 } from './hmac-sha256.ts';

/** One parameter of a request, with its texts made once. */
interface ShapePart {
  readonly name: string;
  readonly kind: 'value' | 'apiKey' | 'recvWindow' | 'timestamp';
  /** As the signature covers it, up to the value. */
  readonly pair: string;
  /** As the frame holds it, up to the value. */
  readonly json: string;
}

/** A request's parameters as they are signed: with key, window and time, in the order of their names. */
export type RequestShape = readonly ShapePart[];

const SIGNED = ['apiKey', 'recvWindow', 'timestamp'] as const;

/** The shape of every signed request with these parameters; made once, not for each request. */
export const requestShape = (...names: readonly string[]): RequestShape =>
  [...SIGNED, ...names]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name, index) => ({
      name,
      kind: SIGNED.find((each) => each === name) ?? 'value',
      pair: index === 0 ? `${name}=` : `&${name}=`,
      json: index === 0 ? `"${name}":` : `,"${name}":`,
    }));

export type RequestValues = Readonly<Record<string, string>>;

/** One account's signature under requests, stamped with wall time: now, or as of `at`. */
export interface RequestSigner {
  readonly apiKey: string;
  /** A request of the WebSocket API as it goes over the socket. */
  frame(id: number, method: string, shape: RequestShape, values: RequestValues, at?: number): string;
  /** The query of a REST request. The key goes into its header. */
  query(shape: RequestShape, values: RequestValues, at?: number): string;
}

/** What needs no escape, neither in JSON nor between the pairs of a payload: everything an order of ours holds. */
const PLAIN = /^[\w.:/=&-]*$/;

/**
 * Signs in one pass over the parameters, whose texts up to the values are made already.
 *
 * @param recvWindow how old a request may be when the exchange gets it, in milliseconds
 */
export function createRequestSigner(
  { apiKey, secret }: ExchangeKeys,
  recvWindow: number,
  wallClock: WallClock,
): RequestSigner {
  const signature = secret.includes('PRIVATE KEY') ? privateKeySignature(secret) : hmacSha256(secret);

  function textOf({ kind, name }: ShapePart, values: RequestValues, timestamp: number): string {
    if (kind === 'value') return values[name] as string;
    if (kind === 'apiKey') return apiKey;
    return String(kind === 'timestamp' ? timestamp : recvWindow);
  }

  /** With every value escaped as JSON wants it. */
  function escaped(shape: RequestShape, values: RequestValues, timestamp: number): string {
    const texts = shape.map((part) => {
      const value = textOf(part, values, timestamp);
      return part.json + (part.kind === 'timestamp' || part.kind === 'recvWindow' ? value : JSON.stringify(value));
    });
    return texts.join('');
  }

  return {
    apiKey,
    frame(id, method, shape, values, timestamp = wallClock.now()) {
      let payload = '';
      let json = '';
      for (const part of shape) {
        const { kind, name } = part;
        if (kind === 'value' || kind === 'apiKey') {
          const value = kind === 'value' ? values[name] : apiKey;
          payload += part.pair + value;
          json += `${part.json}"${value}"`;
        } else {
          const value = kind === 'timestamp' ? timestamp : recvWindow;
          payload += part.pair + value;
          json += part.json + value;
        }
      }
      if (!PLAIN.test(payload)) json = escaped(shape, values, timestamp);
      return `{"id":${id},"method":"${method}","params":{${json},"signature":"${signature(payload)}"}}`;
    },
    query(shape, values, timestamp = wallClock.now()) {
      const pairs = shape
        .filter(({ kind }) => kind !== 'apiKey')
        .map((part) => `${part.name}=${encodeURIComponent(textOf(part, values, timestamp))}`);
      const payload = pairs.join('&');
      return `${payload}&signature=${encodeURIComponent(signature(payload))}`;
    },
  };
}

/** Ed25519 and RSA keys sign in base64. */
function privateKeySignature(pem: string): (text: string) => string {
  const key = createPrivateKey(pem);
  const algorithm = key.asymmetricKeyType === 'rsa' ? 'sha256' : null;
  return (text) => sign(algorithm, Buffer.from(text), key).toString('base64');
}
