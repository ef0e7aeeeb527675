import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EventName } from '../../src/core/events/catalogue.ts';
import { deliveryLimits } from './delivery-limits.ts';
import type { EventBusOfAres } from './event-bus-of-ares.ts';
import { rulePattern } from './rule-pattern.ts';

export interface FunctionRuleProps {
  readonly name: string;
  readonly about: string;
  readonly events: readonly EventName[];
  readonly bus: EventBusOfAres;
  readonly target: lambda.IFunction;
  readonly deadLetters: sqs.IQueue;
}

/** Starts a function with each of these events. */
export class FunctionRule extends Construct {
  constructor(scope: Construct, id: string, props: FunctionRuleProps) {
    super(scope, id);
    new events.Rule(this, 'Rule', {
      ruleName: props.name,
      description: props.about,
      eventBus: props.bus.bus,
      eventPattern: rulePattern(props.events),
      targets: [new LambdaFunction(props.target, { deadLetterQueue: props.deadLetters, ...deliveryLimits })],
    });
  }
}
