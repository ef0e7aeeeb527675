/** A deployment as small as one that has everything: a slot, two functions, one of them on a schedule. */
export const smallTemplate = {
  Resources: {
    Cluster: { Type: 'AWS::ECS::Cluster', Properties: {} },
    Task: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        Cpu: '256',
        Memory: '512',
        RuntimePlatform: { CpuArchitecture: 'ARM64' },
        ContainerDefinitions: [{ Environment: [{ Name: 'ARES_HEARTBEAT_MS', Value: '10000' }] }],
      },
    },
    Trader: {
      Type: 'AWS::ECS::Service',
      Properties: {
        DesiredCount: 1,
        TaskDefinition: { Ref: 'Task' },
        NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'ENABLED' } },
      },
    },
    Key: { Type: 'AWS::KMS::Key', Properties: {} },
    ExchangeKeys: { Type: 'AWS::SecretsManager::Secret', Properties: {} },
    Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
    Sweep: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'ares-paper-eu-sweep-outbox',
        MemorySize: 256,
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
      },
    },
    SweepSchedule: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'rate(1 minute)',
        Target: { Arn: { 'Fn::GetAtt': ['Sweep', 'Arn'] } },
      },
    },
    Relay: {
      Type: 'AWS::Lambda::Function',
      Properties: { FunctionName: 'ares-paper-eu-relay-outbox', MemorySize: 256, Architectures: ['arm64'] },
    },
    Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'Errors', Period: 300 } },
    Share: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        Metrics: [
          { Id: 'share', Expression: 'a / b' },
          { Id: 'a', MetricStat: { Period: 60 } },
          { Id: 'b', MetricStat: { Period: 60 } },
        ],
      },
    },
    Dashboard: { Type: 'AWS::CloudWatch::Dashboard', Properties: {} },
  },
};
