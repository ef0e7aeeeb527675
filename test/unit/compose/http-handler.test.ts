import { describe, expect, it } from 'vitest';
import { type HttpApp, type HttpRuntime, httpHandler } from '../../../src/compose/http-handler.ts';
import type { LambdaContext } from '../../../src/compose/lambda-context.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { recordingLog } from '../../support/recording-log.ts';

const context = (remainingMs = 5_000): LambdaContext => ({
  functionName: 'serve-registry',
  functionVersion: '$LATEST',
  memoryLimitInMB: '1024',
  awsRequestId: 'request-1',
  logStreamName: 'stream-1',
  getRemainingTimeInMillis: () => remainingMs,
});
const event = (changed: object = {}): object => ({
  rawPath: '/a/b',
  rawQueryString: 'secret=1',
  headers: { authorization: 'Bearer of-nobody' },
  requestContext: { domainName: 'example.com', http: { method: 'GET' } },
  isBase64Encoded: false,
  ...changed,
});

function handlerOf(app: HttpApp | (() => HttpApp)) {
  const log = recordingLog();
  let now = 0;
  const runtime: HttpRuntime = {
    log,
    monotonic: { now: () => ++now },
    random: { next: () => 0.5, id: () => 'id' } as HttpRuntime['random'],
    wallClock: manualClock(),
  };
  let built = 0;
  const handler = httpHandler(
    'serve-registry',
    (_ports: { readonly word: string }, given) => {
      built += 1;
      expect(given.log).toBe(log);
      return typeof app === 'function' ? app() : app;
    },
    { word: 'granted' },
    runtime,
  );
  return { handler, log, built: () => built };
}

const text = ({ body }: { readonly body: string }): string => Buffer.from(body, 'base64').toString();

describe('a handler of requests', () => {
  it('answers by an app that is built with the first request, and kept', async () => {
    const { handler, built } = handlerOf({ fetch: ({ url }) => new Response(url) });
    expect(built()).toBe(0);
    expect(text(await handler(event(), context()))).toBe('https://example.com/a/b?secret=1');
    await handler(event(), context());
    expect(built()).toBe(1);
  });

  it('says in one line what was asked and answered, and neither query nor headers, in which tokens are', async () => {
    const { handler, log } = handlerOf({ fetch: () => new Response('no', { status: 404 }) });
    await handler(event(), context());
    expect(log.lines).toEqual([
      {
        level: 'info',
        message: 'request answered',
        fields: { function: 'serve-registry', method: 'GET', path: '/a/b', status: 404, durationMs: 1 },
      },
    ]);
  });

  it('says to its sender that a request cannot be one, without asking the app', async () => {
    const { handler } = handlerOf({ fetch: () => Promise.reject(new Error('must not be asked')) });
    const answer = await handler(event({ headers: { 'x-name': 'ж' } }), context());
    expect(answer.statusCode).toBe(400);
    expect(text(answer)).toMatch(/^Bad request: /);
  });

  it('fails, and says so in the log, when the app or its making does', async () => {
    const failing = handlerOf({ fetch: () => Promise.reject(new Error('app')) });
    await expect(failing.handler(event(), context())).rejects.toThrow('app');
    expect(failing.log.lines).toMatchObject([{ level: 'error', message: 'function failed', fields: { path: '/a/b' } }]);
    const unmade = handlerOf(() => {
      throw new Error('no bucket');
    });
    await expect(unmade.handler(event(), context())).rejects.toThrow('no bucket');
  });

  it('fails by itself before Lambda stops it, naming what it was doing', async () => {
    const { handler, log } = handlerOf({ fetch: () => new Promise(() => undefined) });
    await expect(handler(event(), context(30))).rejects.toMatchObject({ code: 'FUNCTION_TIMEOUT' });
    expect(log.lines.map(({ message }) => message)).toEqual(['function failed']);
  });

  it('is no handler of anything but requests', async () => {
    const { handler } = handlerOf({ fetch: () => new Response() });
    await expect(handler({ source: 'ares.models' }, context())).rejects.toMatchObject({ code: 'EVENT_INVALID' });
  });
});
