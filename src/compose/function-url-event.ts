import * as z from 'zod';
import { AresError } from '../core/ares-error.ts';

/** What a request to a function URL becomes: Lambda's payload format 2.0, as far as it is read here. */
const schema = z.object({
  /** As it was sent, percent-encoding included. */
  rawPath: z.string().startsWith('/'),
  rawQueryString: z.string().default(''),
  headers: z.record(z.string(), z.string()).default({}),
  cookies: z.array(z.string()).default([]),
  requestContext: z.object({
    domainName: z.string().min(1),
    http: z.object({ method: z.string().min(1) }),
  }),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().default(false),
});

export type FunctionUrlEvent = z.infer<typeof schema>;

/** What Lambda makes an HTTP answer from. */
export interface FunctionUrlAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: string;
  readonly isBase64Encoded: true;
}

/** @throws AresError `EVENT_INVALID` when something else than a function URL has started the function */
export function parseFunctionUrlEvent(event: unknown): FunctionUrlEvent {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  const reason = z.prettifyError(parsed.error);
  throw new AresError('EVENT_INVALID', `an event must be a request to a function URL: ${reason}`, {}, parsed.error);
}

/**
 * The request that an event stands for.
 *
 * @throws TypeError for a method, an address or headers that no request can have, and for a body that was damaged on its way
 */
export function requestOf(event: FunctionUrlEvent): Request {
  const { rawPath, rawQueryString, cookies, requestContext, body } = event;
  const { domainName, http } = requestContext;
  const headers = new Headers(event.headers);
  if (cookies.length > 0) headers.set('cookie', cookies.join('; '));
  const url = `https://${domainName}${rawPath}${rawQueryString === '' ? '' : `?${rawQueryString}`}`;
  const method = http.method.toUpperCase();
  const hasBody = body !== undefined && body !== '' && method !== 'GET' && method !== 'HEAD';
  if (!hasBody) return new Request(url, { method, headers });
  const bytes = Buffer.from(body, event.isBase64Encoded ? 'base64' : 'utf8');
  refuseDamaged(bytes, headers);
  headers.set('content-length', String(bytes.length));
  return new Request(url, { method, headers, body: bytes });
}

/** Lambda hands on what calls itself text as text: every byte that is no UTF-8 has become another character by then. */
function refuseDamaged({ length }: Uint8Array, headers: Headers): void {
  const sent = headers.get('content-length');
  if (sent === null || Number(sent) === length) return;
  const type = headers.get('content-type') ?? 'none';
  throw new TypeError(
    `a body of type ${type} must be UTF-8 here, was not: ${sent} bytes were sent and ${length} arrived. Give the file a name that is not that of a text, or send it in parts`,
  );
}

/** The answer as Lambda takes it. Always as base64: text would lose a byte order mark, and every byte that is no UTF-8. */
export async function answerOf(response: Response): Promise<FunctionUrlAnswer> {
  const body = Buffer.from(await response.arrayBuffer()).toString('base64');
  const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'set-cookie'));
  return {
    statusCode: response.status,
    headers,
    cookies: response.headers.getSetCookie(),
    body,
    isBase64Encoded: true,
  };
}
