import { all, each, type Rule } from './tree.ts';

const SERVICE = 'AWS::ECS::Service';
const TASK = 'AWS::ECS::TaskDefinition';

/** Two traders at once would wait for each other's lease; none is started before the old one has left. */
export const oneAtATime: Rule = all(
  each(SERVICE, 'run one task', ({ properties }) => properties.DesiredCount === 1),
  each(SERVICE, 'stop the old task before it starts the new one', ({ properties }) => {
    const { MinimumHealthyPercent: least, MaximumPercent: most } = properties.DeploymentConfiguration ?? {};
    return least === 0 && most === 100;
  }),
  each(
    SERVICE,
    'not move a task to even out zones',
    ({ properties }) => properties.AvailabilityZoneRebalancing === 'DISABLED',
  ),
  each(SERVICE, 'go back when a deployment fails', ({ properties }) => {
    const { Enable, Rollback } = properties.DeploymentConfiguration?.DeploymentCircuitBreaker ?? {};
    return Enable === true && Rollback === true;
  }),
  each(SERVICE, 'let nobody run commands in the task', ({ properties }) => properties.EnableExecuteCommand !== true),
);

export const lockedDown: Rule = all(
  each(
    TASK,
    'not write to its image',
    ({ properties }) => properties.ContainerDefinitions[0].ReadonlyRootFilesystem === true,
  ),
  each(TASK, 'not run as root', ({ properties }) =>
    /^[1-9]\d*:[1-9]\d*$/.test(properties.ContainerDefinitions[0].User),
  ),
  each(TASK, 'have no capabilities', ({ properties }) =>
    properties.ContainerDefinitions[0].LinuxParameters?.Capabilities?.Drop?.includes('ALL'),
  ),
  each(
    TASK,
    'be looked after',
    ({ properties }) => properties.ContainerDefinitions[0].HealthCheck?.Command?.length > 1,
  ),
  each(TASK, 'have time to hand over', ({ properties }) => {
    const seconds = properties.ContainerDefinitions[0].StopTimeout;
    return seconds >= 15 && seconds <= 120;
  }),
  each(
    TASK,
    'hold no secret',
    ({ properties }) =>
      !/secret(?!smanager)|apikey|password/i.test(
        JSON.stringify(properties.ContainerDefinitions[0].Environment).replaceAll('ARES_KEYS_SECRET_PREFIX', ''),
      ),
  ),
);
