import type { FunctionHandler } from '../../../src/compose/event-handler.ts';
import type { FunctionWiring } from '../../../src/compose/wiring.ts';
import { messageOf } from '../../../src/core/ares-error.ts';
import type { Monotonic, Timers } from '../../../src/core/ports/clock.ts';
import type { Deliveries, Delivery } from '../../../src/core/ports/deliveries.ts';
import type { Log } from '../../../src/core/ports/log.ts';
import type { Random } from '../../../src/core/ports/random.ts';

export type LoadHandler = () => Promise<{ readonly handler: FunctionHandler }>;

export interface RunPorts {
  readonly deliveries: Deliveries;
  readonly monotonic: Monotonic;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  /** One run of the host. */
  readonly sessionId: string;
}

/**
 * One attempt to deliver: runs the function in this process with a context like Lambda's, and notes how it ended. Never rejects
 * for what the function does. A function that outlives its timeout has failed; its code cannot be stopped, so what it still does is only logged.
 */
export async function runDelivery(
  delivery: Delivery,
  { name, timeoutSeconds, memoryMb, errorImpact }: FunctionWiring,
  load: LoadHandler,
  { deliveries, monotonic, timers, random, log, sessionId }: RunPorts,
): Promise<'succeeded' | 'waiting' | 'dead'> {
  const timeoutMs = timeoutSeconds * 1_000;
  const deadline = monotonic.now() + timeoutMs;
  const settled = new AbortController();
  const fields = { function: name, event: delivery.event.id, attempt: delivery.attempt };
  let timedOut = false;

  const invoke = async (): Promise<void> => {
    const { handler } = await load();
    await handler(delivery.event, {
      functionName: name,
      functionVersion: 'local',
      memoryLimitInMB: String(memoryMb),
      awsRequestId: random.id(),
      logStreamName: sessionId,
      getRemainingTimeInMillis: () => deadline - monotonic.now(),
    });
  };
  const timeout = async (): Promise<void> => {
    await timers.sleep(timeoutMs, settled.signal);
    timedOut = true;
    throw new Error(`${name} must end within ${timeoutSeconds} s, was still running`);
  };

  const invoked = invoke();
  const late = (error?: unknown): void => {
    if (timedOut) log.warn('a function ended after its timeout', { ...fields, error });
  };
  void invoked.then(() => late(), late);
  try {
    await Promise.race([invoked, timeout()]);
  } catch (error) {
    const fate = deliveries.failed(delivery, messageOf(error));
    if (fate === 'dead') log.error('an event is dead, nothing tries it again', { ...fields, error, errorImpact });
    else log.warn('a function failed and is tried again', { ...fields, error });
    return fate;
  } finally {
    settled.abort();
  }
  deliveries.finished(delivery);
  return 'succeeded';
}
