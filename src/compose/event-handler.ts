import middy, { type MiddlewareObj } from '@middy/core';
import { ledger } from '#port/ledger';
import { log } from '#port/log';
import { monotonic } from '#port/monotonic';
import { wallClock } from '#port/wall-clock';
import { AresError } from '../core/ares-error.ts';
import type { Invocation } from '../core/events/invocation.ts';
import { parseInvocation } from '../core/events/parse-invocation.ts';
import { keys } from '../core/ledger-keys.ts';
import { epochMillis, type Monotonic, type WallClock } from '../core/ports/clock.ts';
import type { Ledger } from '../core/ports/ledger.ts';
import type { Log } from '../core/ports/log.ts';
import type { LambdaContext } from './lambda-context.ts';
import { buildPorts, type Provided } from './provided.ts';
import type { FunctionName } from './wiring.ts';

/** What a Lambda, or a function on one machine, exports. */
export type FunctionHandler = (event: unknown, context: LambdaContext) => Promise<object>;

/** Why a function runs goes in, what came of it goes out, as JSON. */
export type UseCase<P extends object> = (invocation: Invocation, ports: P) => Promise<object>;

/** What every handler needs, whatever its use case. */
export interface HandlerRuntime {
  readonly ledger: Ledger;
  readonly log: Log;
  readonly monotonic: Monotonic;
  readonly wallClock: WallClock;
}

/** Far longer than any delivery is retried; what a use case commits is guarded by its tokens for ever. */
const MARK_KEPT_MS = 30 * 24 * 3_600_000;

type Middleware = MiddlewareObj<Invocation, object>;

/** Says when a run began and how it ended; an error goes on to fail the invocation. */
function loggedRun(name: FunctionName, runtime: () => HandlerRuntime): Middleware {
  const started = new WeakMap<Invocation, number>();
  const fieldsOf = (invocation: Invocation) => ({
    function: name,
    invocation: invocation.id,
    correlation: invocation.correlationId,
    durationMs: runtime().monotonic.now() - (started.get(invocation) ?? Number.NaN),
  });
  return {
    before({ event }) {
      started.set(event, runtime().monotonic.now());
      runtime().log.debug('function starts', { function: name, invocation: event.id, trigger: event.trigger.kind });
    },
    after({ event, response }) {
      runtime().log.info('function ended', { ...fieldsOf(event), result: response });
    },
    onError({ event, error }) {
      runtime().log.error('function failed', { ...fieldsOf(event), error });
    },
  };
}

/** Marks an invocation as handled once its use case has succeeded; delivered again after that, it does nothing. */
function handledOnce(name: FunctionName, runtime: () => HandlerRuntime): Middleware {
  return {
    async before({ event }) {
      if (!(await runtime().ledger.get(keys.handled(name, event.id)))) return undefined;
      runtime().log.debug('function had handled this before', { function: name, invocation: event.id });
      return { outcome: 'already_handled' };
    },
    async after({ event }) {
      const at = runtime().wallClock.now();
      await runtime().ledger.append([
        {
          key: keys.handled(name, event.id),
          value: { at, trigger: event.trigger.kind },
          expiresAt: epochMillis(at + MARK_KEPT_MS),
        },
      ]);
    },
  };
}

/**
 * A Lambda handler around a use case: parses the event against the catalogue, runs each invocation to success once, logs and measures.
 *
 * Ports are built when the first event arrives and kept. A use case may run again for the same invocation when it failed, or when
 * the process ended before the success was noted; it derives its commit tokens from `invocation.id` so that this changes nothing.
 *
 * @throws (from the handler) AresError `EVENT_INVALID`, `EVENT_UNKNOWN`, and what the use case throws: the invocation fails and is tried again
 * @example export const handler = eventHandler('check-promotion', checkPromotion, { ledger, modelStore });
 */
export function eventHandler<P extends object>(
  name: FunctionName,
  useCase: UseCase<P>,
  ports: Provided<NoInfer<P>>,
  provided: Provided<HandlerRuntime> = { ledger, log, monotonic, wallClock },
): FunctionHandler {
  let builtRuntime: HandlerRuntime | undefined;
  let builtPorts: P | undefined;
  const runtime = (): HandlerRuntime => {
    builtRuntime ??= buildPorts<HandlerRuntime>(provided);
    return builtRuntime;
  };
  // Without an answer of its own a run that Lambda stops leaves no trace of what it was doing.
  const timeoutEarlyResponse = (): never => {
    throw new AresError('FUNCTION_TIMEOUT', `${name} must end within its timeout, was still running`, { name });
  };
  const run = middy<Invocation, object>({ timeoutEarlyResponse })
    .use(loggedRun(name, runtime))
    .use(handledOnce(name, runtime))
    .handler((invocation: Invocation) => {
      builtPorts ??= buildPorts<P>(ports);
      return useCase(invocation, builtPorts);
    });
  return async (event, context) => run(parseInvocation(name, event, context.logStreamName), context);
}
