import { messageOf } from '../ares-error.ts';
import type { SystemAlert } from './change-system-alert.ts';

/** Somebody who wants to be told of alarms at once, besides the events. */
export interface AlertHandler {
  readonly name: string;
  handle(alert: SystemAlert): Promise<void>;
}

/** A handler that could not take an alert. */
export interface HandlerFailure {
  readonly handler: string;
  readonly check: string;
  readonly reason: string;
}

/** Tells every handler of every alert, also when others fail, and returns the failures. */
export async function tellHandlers(
  handlers: readonly AlertHandler[],
  alerts: readonly SystemAlert[],
): Promise<readonly HandlerFailure[]> {
  const told = alerts.flatMap((alert) =>
    handlers.map(async (handler): Promise<HandlerFailure | undefined> => {
      try {
        await handler.handle(alert);
        return undefined;
      } catch (error) {
        return { handler: handler.name, check: alert.check, reason: messageOf(error) };
      }
    }),
  );
  return (await Promise.all(told)).filter((failure) => failure !== undefined);
}
