import type { EventLog } from '../../core/ports/event-log.ts';
import { oneMachineOnly } from '../one-machine-only.ts';

/**
 * There is none: an event leaves the tables as soon as the bus has it, so that they do not grow for ever.
 *
 * What an event says, the audit trail says too; the events themselves are in the archive of the bus and in the functions' logs.
 */
export const eventLog = (): EventLog => ({
  async recent() {
    throw oneMachineOnly(
      'the list of past events',
      'the tables keep no event that was published. Use "ares audit" for what was decided, the archive of the event bus to replay events, and CloudWatch Logs Insights on the logs of the functions for each run',
    );
  },
});
