import { catalogue, type EventName } from './catalogue.ts';
import type { EventPattern } from './pattern.ts';

/** The event pattern that matches these catalogue events, for an EventBridge rule as for the bus of one machine. */
export function patternOfEvents(names: readonly EventName[]): EventPattern {
  return {
    source: [...new Set(names.map((name) => catalogue[name].source))],
    'detail-type': names.map((name) => catalogue[name].detailType),
  };
}
