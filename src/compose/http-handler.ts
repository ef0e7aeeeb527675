import middy, { type MiddlewareObj } from '@middy/core';
import { log } from '#port/log';
import { monotonic } from '#port/monotonic';
import { random } from '#port/random';
import { wallClock } from '#port/wall-clock';
import { AresError } from '../core/ares-error.ts';
import type { Monotonic, WallClock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { Random } from '../core/ports/random.ts';
import {
  answerOf,
  type FunctionUrlAnswer,
  type FunctionUrlEvent,
  parseFunctionUrlEvent,
  requestOf,
} from './function-url-event.ts';
import type { LambdaContext } from './lambda-context.ts';
import { buildPorts, type Provided } from './provided.ts';
import type { FunctionName } from './wiring.ts';

/** Answers requests, as Hono's apps do. */
export interface HttpApp {
  fetch(request: Request): Response | Promise<Response>;
}

/** What every app gets beside the ports that its row grants. */
export interface HttpRuntime {
  readonly log: Log;
  readonly monotonic: Monotonic;
  readonly random: Random;
  readonly wallClock: WallClock;
}

type Middleware = MiddlewareObj<FunctionUrlEvent, FunctionUrlAnswer>;

/** One line a request; neither query nor headers, in which tokens are. */
function loggedRequest(name: FunctionName, runtime: () => HttpRuntime): Middleware {
  const started = new WeakMap<FunctionUrlEvent, number>();
  const fieldsOf = (event: FunctionUrlEvent) => ({
    function: name,
    method: event.requestContext.http.method,
    path: event.rawPath,
    durationMs: runtime().monotonic.now() - (started.get(event) ?? Number.NaN),
  });
  return {
    before({ event }) {
      started.set(event, runtime().monotonic.now());
    },
    after({ event, response }) {
      runtime().log.info('request answered', { ...fieldsOf(event), status: response?.statusCode });
    },
    onError({ event, error }) {
      runtime().log.error('function failed', { ...fieldsOf(event), error });
    },
  };
}

/**
 * A Lambda handler of a function URL around an app: turns events into requests and answers into what Lambda takes, and logs each.
 *
 * Ports and app are built when the first request arrives and kept. The app answers its own faults; what still reaches the handler fails the invocation, and
 * whoever asked gets Lambda's own 502.
 *
 * @throws (from the handler) AresError `EVENT_INVALID`, `FUNCTION_TIMEOUT`, and what building the ports throws
 * @example export const handler = httpHandler('serve-registry', deployedRegistry, { artifactStore, ledger });
 */
export function httpHandler<P extends object>(
  name: FunctionName,
  createApp: (ports: P, runtime: HttpRuntime) => HttpApp,
  ports: Provided<NoInfer<P>>,
  provided: Provided<HttpRuntime> = { log, monotonic, random, wallClock },
): (event: unknown, context: LambdaContext) => Promise<FunctionUrlAnswer> {
  let builtRuntime: HttpRuntime | undefined;
  let app: HttpApp | undefined;
  const runtime = (): HttpRuntime => {
    builtRuntime ??= buildPorts<HttpRuntime>(provided);
    return builtRuntime;
  };
  // Without an answer of its own a request that Lambda stops leaves no trace of what it was.
  const timeoutEarlyResponse = (): never => {
    throw new AresError('FUNCTION_TIMEOUT', `${name} must answer within its timeout, was still at work`, { name });
  };
  const run = middy<FunctionUrlEvent, FunctionUrlAnswer>({ timeoutEarlyResponse })
    .use(loggedRequest(name, runtime))
    .handler(async (event: FunctionUrlEvent) => {
      app ??= createApp(buildPorts<P>(ports), runtime());
      const request = readRequest(event);
      return answerOf(request instanceof Response ? request : await app.fetch(request));
    });
  return async (event, context) => run(parseFunctionUrlEvent(event), context);
}

/** A request that cannot be one is its sender's fault. */
function readRequest(event: FunctionUrlEvent): Request | Response {
  try {
    return requestOf(event);
  } catch (error) {
    if (error instanceof TypeError) return new Response(`Bad request: ${error.message}`, { status: 400 });
    throw error;
  }
}
