import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerOf, parseFunctionUrlEvent, requestOf } from '../../../src/compose/function-url-event.ts';

/** As Lambda's documentation shows it, with everything that is not read here. */
const sample = (changed: object = {}): object => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: '/api/2.0/mlflow/runs/create',
  rawQueryString: '',
  headers: {
    'content-type': 'application/json',
    host: 'abc.lambda-url.eu-central-1.on.aws',
    'x-forwarded-proto': 'https',
  },
  requestContext: {
    accountId: 'anonymous',
    apiId: 'abc',
    domainName: 'abc.lambda-url.eu-central-1.on.aws',
    domainPrefix: 'abc',
    http: {
      method: 'POST',
      path: '/api/2.0/mlflow/runs/create',
      protocol: 'HTTP/1.1',
      sourceIp: '192.0.2.1',
      userAgent: 'mlflow',
    },
    requestId: 'id',
    routeKey: '$default',
    stage: '$default',
    time: '12/Mar/2026:19:03:58 +0000',
    timeEpoch: 1_773_342_238_123,
  },
  isBase64Encoded: false,
  ...changed,
});
const withMethod = (method: string, changed: object = {}): object =>
  sample({ requestContext: { domainName: 'example.com', http: { method } }, ...changed });

const read = (event: object): Request => requestOf(parseFunctionUrlEvent(event));
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

describe('a request to a function URL', () => {
  it('keeps method, address, headers and text', async () => {
    const request = read(sample({ body: '{"name":"Größe"}' }));
    expect(request.method).toBe('POST');
    expect(request.url).toBe('https://abc.lambda-url.eu-central-1.on.aws/api/2.0/mlflow/runs/create');
    expect(request.headers.get('content-type')).toBe('application/json');
    expect(request.headers.get('content-length'), 'in bytes').toBe('18');
    expect(await request.json()).toEqual({ name: 'Größe' });
  });

  it('keeps a path and a query as they were sent: a slash inside of a name is none of the path', () => {
    const { pathname, search } = new URL(
      read(sample({ rawPath: '/models/a%2Fb%20c', rawQueryString: 'a=1&a=%26' })).url,
    );
    expect(pathname).toBe('/models/a%2Fb%20c');
    expect(search).toBe('?a=1&a=%26');
  });

  it('keeps every byte of a body', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        const request = read(sample({ body: base64(bytes), isBase64Encoded: true }));
        expect(request.headers.get('content-length')).toBe(String(bytes.length));
        expect(new Uint8Array(await request.arrayBuffer())).toEqual(bytes);
      }),
      { numRuns: 50 },
    );
  });

  it('has no body where none was sent, or where the method has none', async () => {
    expect(read(sample()).body).toBeNull();
    expect(read(sample({ body: '' })).body).toBeNull();
    expect(read(withMethod('GET', { body: 'x' })).body).toBeNull();
    expect(await read(withMethod('DELETE', { body: '{"a":1}' })).json()).toEqual({ a: 1 });
  });

  it('is refused when what was sent as text was none, and so was damaged before it came here', () => {
    const latin1 = Buffer.from('größe', 'latin1');
    const headers = { 'content-type': 'text/csv', 'content-length': String(latin1.length) };
    expect(() => read(sample({ headers, body: latin1.toString('utf8') }))).toThrow(
      /^a body of type text\/csv must be UTF-8 here, was not: 5 bytes were sent and 9 arrived\. /,
    );
    expect(read(sample({ headers, body: base64(latin1), isBase64Encoded: true })).body).not.toBeNull();
    const utf8 = { ...headers, 'content-length': '7' };
    expect(read(sample({ headers: utf8, body: 'größe' })).body).not.toBeNull();
  });

  it('has its cookies in one header', () => {
    expect(read(sample({ cookies: ['a=1', 'b=2'] })).headers.get('cookie')).toBe('a=1; b=2');
  });

  it.each([
    ['no event at all', undefined],
    ['an event of the bus', { source: 'ares.models', detail: {} }],
    ['a path that is none', sample({ rawPath: 'x' })],
    ['a body that is no text', sample({ body: 7 })],
  ])('is not made of %s', (_what, event) => {
    expect(() => parseFunctionUrlEvent(event)).toThrow(/^an event must be a request to a function URL: /);
  });

  it('is refused by itself where no request can be so', () => {
    expect(() => read(withMethod('TRACE'))).toThrow(TypeError);
    expect(() => read(sample({ headers: { 'x-name': 'ж' } }))).toThrow(TypeError);
  });
});

describe('an answer of a function URL', () => {
  it('gives every byte back, a byte order mark and what is no UTF-8 too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const content = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
        const { body } = await answerOf(new Response(content, { headers: { 'content-type': 'text/csv' } }));
        expect(Buffer.from(body, 'base64')).toEqual(content);
      }),
      { numRuns: 50 },
    );
  });

  it('has status and headers, and each cookie by itself', async () => {
    const headers = new Headers({ location: 'https://example.com/' });
    headers.append('set-cookie', 'a=1');
    headers.append('set-cookie', 'b=2');
    expect(await answerOf(new Response(null, { status: 307, headers }))).toEqual({
      statusCode: 307,
      headers: { location: 'https://example.com/' },
      cookies: ['a=1', 'b=2'],
      body: '',
      isBase64Encoded: true,
    });
  });
});
