import { all, each, type Rule } from './tree.ts';

const limited = (policy: { MaximumRetryAttempts?: number; MaximumEventAgeInSeconds?: number } | undefined): boolean =>
  policy?.MaximumRetryAttempts !== undefined &&
  policy.MaximumRetryAttempts <= 50 &&
  policy.MaximumEventAgeInSeconds !== undefined &&
  policy.MaximumEventAgeInSeconds <= 3_600;

/** EventBridge's own limits, 185 tries in a day, would bring a command to the trader a day late. */
export const withRetryLimits: Rule = all(
  each(
    'AWS::Events::Rule',
    'limit tries and age for each target',
    ({ properties }) =>
      properties.Targets?.length > 0 &&
      properties.Targets.every((target: { RetryPolicy?: object }) => limited(target.RetryPolicy)),
  ),
  each('AWS::Scheduler::Schedule', 'limit tries and age', ({ properties }) => limited(properties.Target.RetryPolicy)),
  each(
    'AWS::Lambda::EventSourceMapping',
    'limit tries and age, divide a batch that fails, and report what failed in it',
    ({ properties }) =>
      properties.MaximumRetryAttempts <= 10 &&
      properties.MaximumRecordAgeInSeconds <= 3_600 &&
      properties.BisectBatchOnFunctionError === true &&
      properties.FunctionResponseTypes?.includes('ReportBatchItemFailures'),
  ),
);

export const withPlaceForLost: Rule = all(
  each('AWS::Events::Rule', 'keep what it cannot deliver', ({ properties }) =>
    properties.Targets?.every((target: { DeadLetterConfig?: { Arn?: unknown } }) => target.DeadLetterConfig?.Arn),
  ),
  each('AWS::Scheduler::Schedule', 'keep what it cannot deliver', ({ properties }) =>
    Boolean(properties.Target.DeadLetterConfig?.Arn),
  ),
  each('AWS::Lambda::EventSourceMapping', 'keep what it cannot deliver', ({ properties }) =>
    Boolean(properties.DestinationConfig?.OnFailure?.Destination),
  ),
  each(
    'AWS::SQS::Queue',
    'be for dead letters or have a queue for them',
    ({ properties }) => properties.QueueName.endsWith('-dead-letters') || Boolean(properties.RedrivePolicy),
  ),
);

/** With an input of its own the function would not get the time that a schedule stands for. */
export const withDefaultInput: Rule = each(
  'AWS::Scheduler::Schedule',
  'leave its input to the Scheduler',
  ({ properties }) => properties.Target.Input === undefined,
);
