import { Duration } from 'aws-cdk-lib';
import { rateMillis } from '../../src/core/events/rate.ts';

/** How long and how often EventBridge and its Scheduler try to hand something over before it is a dead letter. */
export const deliveryLimits = { maxEventAge: Duration.hours(1), retryAttempts: 20 } as const;

/** AWS takes no less. */
const SHORTEST_SECONDS = 60;

/** How long a start on schedule is worth trying: the next one overtakes it. */
export function scheduleAge(rate: string): Duration {
  const longest = Math.min(rateMillis(rate) / 1_000, deliveryLimits.maxEventAge.toSeconds());
  return Duration.seconds(Math.max(SHORTEST_SECONDS, longest));
}
