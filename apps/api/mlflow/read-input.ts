import type { HonoRequest } from 'hono';
import { MlflowError } from '../../../src/core/tracking/mlflow-error.ts';

/** JSON larger than this is refused: MLflow's own limits on batches keep well below it. Bytes. */
const MAX_JSON_BYTES = 10 * 1024 * 1024;

/**
 * What a request asks for: its JSON body, or its query where it has none. A body that is streamed is left to the route.
 *
 * A body that is not JSON at all counts as empty, as with the genuine server: the parameters are then missing.
 *
 * @throws MlflowError `BAD_REQUEST` when the body is too large, `INVALID_PARAMETER_VALUE` for a POST or PUT that does not say that it is JSON: without asking first, a page of another origin can send every other kind
 */
export async function readInput(request: HonoRequest, body?: 'stream'): Promise<unknown> {
  const { method } = request;
  if (body === 'stream' || method === 'GET') return queryOf(request);
  if (method === 'POST' || method === 'PUT') requireJson(request.header('content-type'));
  if (!mayHaveBody(request)) return queryOf(request);
  const text = await readText(request);
  if (text === '') return queryOf(request);
  const value = parse(text);
  // Old clients encode twice.
  return (typeof value === 'string' ? parse(value) : value) ?? {};
}

function requireJson(type: string | undefined): void {
  if (type === undefined) throw notJson('Content-Type header is missing.');
  if (type.split(';')[0] !== 'application/json') throw notJson("Content-Type must be one of ['application/json'].");
}

const notJson = (what: string): MlflowError => new MlflowError('INVALID_PARAMETER_VALUE', `Bad Request. ${what}`);

const mayHaveBody = (request: HonoRequest): boolean =>
  Number(request.header('content-length') ?? 0) !== 0 || request.header('transfer-encoding') !== undefined;

function queryOf(request: HonoRequest): Readonly<Record<string, string | readonly string[]>> {
  if (!request.url.includes('?')) return {};
  const values = Object.entries(request.queries());
  return Object.fromEntries(values.map(([name, all]) => [name, all.length === 1 ? (all[0] as string) : all]));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

async function readText(request: HonoRequest): Promise<string> {
  const length = request.header('content-length');
  if (length !== undefined && Number(length) > MAX_JSON_BYTES) throw tooLarge(Number(length));
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.raw.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_JSON_BYTES) throw tooLarge(bytes);
    chunks.push(chunk);
  }
  return textOf(Buffer.concat(chunks));
}

/** The text of bytes that are UTF-8; others are no JSON, and nothing of them is kept. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return 'null';
  }
}

const tooLarge = (bytes: number): MlflowError =>
  new MlflowError(
    'BAD_REQUEST',
    `a JSON body must have at most ${MAX_JSON_BYTES} bytes, had ${bytes} or more: send less at once, and large content as an artifact`,
  );
