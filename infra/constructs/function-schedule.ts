import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { AresError } from '../../src/core/ares-error.ts';
import { rateMillis } from '../../src/core/events/rate.ts';
import { deliveryLimits, scheduleAge } from './delivery-limits.ts';

export interface FunctionScheduleProps {
  readonly name: string;
  readonly rate: string;
  readonly target: lambda.IFunction;
  readonly deadLetters: sqs.IQueue;
}

/**
 * Starts a function at a steady rate, by a role that can do that and nothing else.
 *
 * The target gets no input of its own, so that the Scheduler's default event, with the time it stands for, reaches the function.
 */
export class FunctionSchedule extends Construct {
  constructor(scope: Construct, id: string, { name, rate, target, deadLetters }: FunctionScheduleProps) {
    super(scope, id);
    const role = new iam.Role(this, 'Role', {
      description: `Starts ${name} on schedule`,
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    role.addToPolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [target.functionArn] }));
    role.addToPolicy(new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }));
    const schedule = new CfnSchedule(this, 'Schedule', {
      name,
      scheduleExpression: schedulerRate(rate),
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: target.functionArn,
        roleArn: role.roleArn,
        retryPolicy: {
          maximumEventAgeInSeconds: scheduleAge(rate).toSeconds(),
          maximumRetryAttempts: deliveryLimits.retryAttempts,
        },
        deadLetterConfig: { arn: deadLetters.queueArn },
      },
    });
    // The Scheduler tries the role when the schedule is created.
    schedule.node.addDependency(role.node.findChild('DefaultPolicy'));
  }
}

/** The rate in whole minutes or hours, the finest that the Scheduler knows. */
function schedulerRate(rate: string): string {
  const millis = rateMillis(rate);
  const [size, unit] = millis % 3_600_000 === 0 ? [3_600_000, 'hour'] : [60_000, 'minute'];
  const count = millis / size;
  if (!Number.isInteger(count))
    throw new AresError('RATE_INVALID', `schedule must be a whole number of minutes on AWS, was ${rate}`, { rate });
  return `rate(${count} ${unit}${count === 1 ? '' : 's'})`;
}
