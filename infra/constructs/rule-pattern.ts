import type * as events from 'aws-cdk-lib/aws-events';
import type { EventName } from '../../src/core/events/catalogue.ts';
import { patternOfEvents } from '../../src/core/events/pattern-of-events.ts';

/** The pattern that one machine subscribes with, in the words of the CDK. */
export function rulePattern(names: readonly EventName[]): events.EventPattern {
  const { source, 'detail-type': detailType } = patternOfEvents(names) as Record<string, string[]>;
  return { source: source ?? [], detailType: detailType ?? [] };
}
