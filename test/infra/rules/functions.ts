import { all, each, ofType, type Placed, type Rule, refersTo, type Tree } from './tree.ts';

const FUNCTION = 'AWS::Lambda::Function';

const sameStack = (tree: Tree, type: string, { stack }: Placed): Tree =>
  ofType(tree, type).filter((other) => other.stack === stack);

const invokeConfigOf = (fn: Placed, tree: Tree): Placed | undefined =>
  sameStack(tree, 'AWS::Lambda::EventInvokeConfig', fn).find(({ properties }) => refersTo(properties.FunctionName, fn));

const deadLettersOf = (fn: Placed, tree: Tree): Placed | undefined => {
  const destination = invokeConfigOf(fn, tree)?.properties.DestinationConfig?.OnFailure?.Destination;
  return sameStack(tree, 'AWS::SQS::Queue', fn).find((queue) => refersTo(destination, queue));
};

const watches = (metric: string, of: Placed, tree: Tree): boolean =>
  sameStack(tree, 'AWS::CloudWatch::Alarm', of).some(
    ({ properties }) => properties.MetricName === metric && refersTo(properties.Dimensions, of),
  );

export const onNode24: Rule = each(FUNCTION, 'run on Node 24', ({ properties }) => properties.Runtime === 'nodejs24.x');

export const onOnePlatform =
  (platform: 'arm64' | 'x86_64'): Rule =>
  (tree) =>
    all(
      each(FUNCTION, `run on ${platform}`, ({ properties }) => properties.Architectures?.join() === platform),
      each(
        'AWS::Lambda::LayerVersion',
        `be for ${platform}`,
        ({ properties }) => properties.CompatibleArchitectures?.join() === platform,
      ),
      each(
        'AWS::ECS::TaskDefinition',
        `run on ${platform}`,
        ({ properties }) => properties.RuntimePlatform?.CpuArchitecture === platform.toUpperCase(),
      ),
    )(tree);

export const traced: Rule = each(
  FUNCTION,
  'be traced',
  ({ properties }) => properties.TracingConfig?.Mode === 'Active',
);

export const withDeadLetters: Rule = all(
  each(FUNCTION, 'send what it cannot handle to a queue', (fn, tree) => deadLettersOf(fn, tree) !== undefined),
  each(FUNCTION, 'limit tries and age of what it is invoked with', (fn, tree) => {
    const { MaximumRetryAttempts: tries, MaximumEventAgeInSeconds: age } = invokeConfigOf(fn, tree)?.properties ?? {};
    return tries !== undefined && tries <= 2 && age !== undefined && age <= 3_600;
  }),
  each(FUNCTION, 'have an alarm over its dead letters', (fn, tree) => {
    const queue = deadLettersOf(fn, tree);
    return queue !== undefined && watches('ApproximateNumberOfMessagesVisible', queue, tree);
  }),
);

export const withErrorAlarm: Rule = each(FUNCTION, 'have an alarm over its errors', (fn, tree) =>
  watches('Errors', fn, tree),
);

export const withBoundedLogs: Rule = all(
  each('AWS::Logs::LogGroup', 'be kept for a limited time', ({ properties }) => properties.RetentionInDays > 0),
  each(FUNCTION, 'write to a log group of the stage', (fn, tree) =>
    sameStack(tree, 'AWS::Logs::LogGroup', fn).some((group) => refersTo(fn.properties.LoggingConfig?.LogGroup, group)),
  ),
  each('AWS::ECS::TaskDefinition', 'write to a log group of the stage', (task, tree) =>
    sameStack(tree, 'AWS::Logs::LogGroup', task).some((group) =>
      refersTo(task.properties.ContainerDefinitions[0].LogConfiguration?.Options?.['awslogs-group'], group),
    ),
  ),
);

const urlsOf = (fn: Placed, tree: Tree): Tree =>
  sameStack(tree, 'AWS::Lambda::Url', fn).filter(({ properties }) => refersTo(properties.TargetFunctionArn, fn));

export const withWatchedAddress: Rule = each(
  FUNCTION,
  'have alarms over the answers and the refused starts of its address',
  (fn, tree) =>
    urlsOf(fn, tree).length === 0 || ['Url5xxCount', 'Throttles'].every((metric) => watches(metric, fn, tree)),
);

/** Buffered, as the handler answers; for programs, which know no origins. */
export const withBoundedAddress: Rule = all(
  each(
    FUNCTION,
    'run a limited number of times at once where anybody can start it',
    (fn, tree) => urlsOf(fn, tree).length === 0 || fn.properties.ReservedConcurrentExecutions <= 100,
  ),
  each(
    'AWS::Lambda::Url',
    'be answered at once, and by no page',
    ({ properties }) => properties.InvokeMode === 'BUFFERED' && properties.Cors === undefined,
  ),
);
