import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { MiddlewareHandler } from 'hono';
import { MlflowError } from '../../src/core/tracking/mlflow-error.ts';
import { MAX_PAYLOAD_BYTES } from './mlflow/payload-limit.ts';

const compress = promisify(gzip);

/** Below this nothing is won. */
const WORTH_BYTES = 1_024;

const isJson = ({ headers }: Response): boolean => /^application\/json\b/.test(headers.get('content-type') ?? '');

/**
 * Makes answers fit into what a function may give: JSON is compressed for whoever takes that, which makes a tenth of it.
 *
 * @throws MlflowError `INVALID_PARAMETER_VALUE` naming the remedy for an answer that is too large all the same
 */
export const fitPayload: MiddlewareHandler = async (context, next) => {
  await next();
  const { res } = context;
  if (res.body === null || !isJson(res)) return;
  const plain = Buffer.from(await res.arrayBuffer());
  const takesGzip = /\bgzip\b/i.test(context.req.header('accept-encoding') ?? '');
  const packed = takesGzip && plain.length >= WORTH_BYTES;
  // The fastest level: on so few milliseconds of processor more would be paid than saved.
  const body = packed ? await compress(plain, { level: 1 }) : plain;
  if (body.length > MAX_PAYLOAD_BYTES) {
    throw new MlflowError(
      'INVALID_PARAMETER_VALUE',
      `an answer must have at most ${MAX_PAYLOAD_BYTES} bytes here, had ${body.length}: ask for less at once, with a smaller max_results`,
      { size: body.length, max: MAX_PAYLOAD_BYTES },
    );
  }
  const headers = new Headers(res.headers);
  headers.delete('content-length');
  if (packed) headers.set('content-encoding', 'gzip');
  headers.append('vary', 'accept-encoding');
  context.res = undefined;
  context.res = new Response(body, { status: res.status, headers });
};
