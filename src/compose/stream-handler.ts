import middy, { type MiddlewareObj } from '@middy/core';
import { log } from '#port/log';
import { monotonic } from '#port/monotonic';
import { parseOutboxStream } from '../adapters/aws/outbox-stream.ts';
import type { CommittedEvent, RelayedBatch } from '../core/events/relay-committed.ts';
import type { Monotonic } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { LambdaContext } from './lambda-context.ts';
import { buildPorts, type Provided } from './provided.ts';
import type { FunctionName } from './wiring.ts';

/** Lambda sets its checkpoint before the first of these; an empty list means that all is done. */
export interface StreamAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** New items of the outbox go in, what did not get through comes out. */
export type StreamUseCase<P extends object> = (batch: readonly CommittedEvent[], ports: P) => Promise<RelayedBatch>;

export interface StreamRuntime {
  readonly log: Log;
  readonly monotonic: Monotonic;
}

type Middleware = MiddlewareObj<unknown, StreamAnswer>;

/** Says when a batch failed as a whole; the error goes on, and Lambda halves the batch and tries again. */
function loggedFailure(name: FunctionName, runtime: () => StreamRuntime): Middleware {
  return {
    onError({ error }) {
      runtime().log.error('function failed', { function: name, error });
    },
  };
}

/**
 * A Lambda handler of the state table's stream around a use case: parses the records of the outbox and reports the first that did not get through.
 *
 * Lambda goes on behind the last record before it, with the same records as long as their retries and their age allow, then sends what names
 * them to the dead-letter queue. Everything else of the batch has been done by then.
 *
 * @throws (from the handler) AresError `EVENT_INVALID` when it is given no batch of a stream, and what the use case throws
 * @example export const handler = streamHandler('relay-outbox', relayCommitted, { outbox, eventBus });
 */
export function streamHandler<P extends object>(
  name: FunctionName,
  useCase: StreamUseCase<P>,
  ports: Provided<NoInfer<P>>,
  provided: Provided<StreamRuntime> = { log, monotonic },
): (event: unknown, context: LambdaContext) => Promise<StreamAnswer> {
  let builtRuntime: StreamRuntime | undefined;
  let builtPorts: P | undefined;
  const runtime = (): StreamRuntime => {
    builtRuntime ??= buildPorts<StreamRuntime>(provided);
    return builtRuntime;
  };
  const run = middy<unknown, StreamAnswer>()
    .use(loggedFailure(name, runtime))
    .handler(async (event: unknown) => {
      const started = runtime().monotonic.now();
      builtPorts ??= buildPorts<P>(ports);
      const batch = parseOutboxStream(event);
      const { published, failed } = await useCase(batch, builtPorts);
      const durationMs = runtime().monotonic.now() - started;
      runtime().log.info('function ended', { function: name, records: batch.length, published, durationMs });
      for (const { position, reason } of failed) {
        runtime().log.error('a record of the outbox did not get through', { function: name, position, reason });
      }
      return { batchItemFailures: failed.slice(0, 1).map(({ position }) => ({ itemIdentifier: position })) };
    });
  return async (event, context) => run(event, context);
}
