import * as z from 'zod';

/** What a request says of itself where nothing signs it: the emulator takes account and service from it, and never the signature. */
const authorization = (service: string): string =>
  `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=none`;

const servicesSchema = z.object({ services: z.tuple([z.object({ taskDefinition: z.string() })]) });
const variable = z.object({ name: z.string(), value: z.string() });
const container = z.object({ image: z.string(), environment: z.array(variable) });
const taskSchema = z.object({
  taskDefinition: z.object({ taskRoleArn: z.string(), containerDefinitions: z.tuple([container]) }),
});

export interface Container {
  readonly image: string;
  /** What its task may do. */
  readonly role: string;
  readonly environment: Readonly<Record<string, string>>;
}

async function answerOf(response: Response, what: string): Promise<string> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${what} must be answered, was refused with ${response.status}: ${text}`);
  return text;
}

/** Calls of the services that Ares itself has no client for. */
export function awsCalls(endpoint: string) {
  async function json(service: string, target: string, body: object): Promise<unknown> {
    const headers = {
      authorization: authorization(service),
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
    };
    const response = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(body) });
    return JSON.parse(await answerOf(response, target));
  }

  async function query(service: string, version: string, parameters: Record<string, string>): Promise<string> {
    const body = new URLSearchParams({ Version: version, ...parameters });
    const headers = { authorization: authorization(service) };
    return answerOf(await fetch(endpoint, { method: 'POST', headers, body }), `${service} ${parameters.Action}`);
  }

  async function schedule(name: string, change?: object): Promise<Record<string, unknown>> {
    const headers = { authorization: authorization('scheduler'), 'content-type': 'application/json' };
    const request = change ? { method: 'PUT', headers, body: JSON.stringify(change) } : { headers };
    const response = await fetch(`${endpoint}/schedules/${name}`, request);
    return z.record(z.string(), z.unknown()).parse(JSON.parse(await answerOf(response, `schedule ${name}`)));
  }

  return {
    /** Makes a schedule fire after another time than it was deployed with. */
    async setRate(name: string, rate: string): Promise<void> {
      const { Name: _, Arn: __, CreationDate: ___, LastModificationDate: ____, ...now } = await schedule(name);
      await schedule(name, { ...now, ScheduleExpression: rate });
    },

    /** The one container that a service runs, as the service's task definition describes it. */
    async containerOf(cluster: string, service: string): Promise<Container> {
      const ecs = (action: string, body: object) => json('ecs', `AmazonEC2ContainerServiceV20141113.${action}`, body);
      const { services } = servicesSchema.parse(await ecs('DescribeServices', { cluster, services: [service] }));
      const { taskDefinition } = taskSchema.parse(
        await ecs('DescribeTaskDefinition', { taskDefinition: services[0].taskDefinition }),
      );
      const [{ image, environment }] = taskDefinition.containerDefinitions;
      return {
        image,
        role: taskDefinition.taskRoleArn,
        environment: Object.fromEntries(environment.map(({ name, value }) => [name, value])),
      };
    },

    /** Credentials that may do what the role may, as the environment that SDKs read. */
    async credentialsOf(roleArn: string): Promise<Record<string, string>> {
      const session = { Action: 'AssumeRole', RoleArn: roleArn, RoleSessionName: 'test' };
      const answer = await query('sts', '2011-06-15', session);
      const part = (name: string): string => {
        const found = new RegExp(`<${name}>([^<]+)<`).exec(answer)?.[1];
        if (!found) throw new Error(`the answer of AssumeRole must hold ${name}, was ${answer}`);
        return found;
      };
      return {
        AWS_ACCESS_KEY_ID: part('AccessKeyId'),
        AWS_SECRET_ACCESS_KEY: part('SecretAccessKey'),
        AWS_SESSION_TOKEN: part('SessionToken'),
      };
    },

    async schedules(): Promise<readonly string[]> {
      const response = await fetch(`${endpoint}/schedules`, { headers: { authorization: authorization('scheduler') } });
      const answer: unknown = JSON.parse(await answerOf(response, 'the list of schedules'));
      return z
        .object({ Schedules: z.array(z.object({ Name: z.string() })) })
        .parse(answer)
        .Schedules.map(({ Name }) => Name);
    },

    async clusters(): Promise<readonly string[]> {
      const answer = await json('ecs', 'AmazonEC2ContainerServiceV20141113.ListClusters', {});
      return z.object({ clusterArns: z.array(z.string()) }).parse(answer).clusterArns;
    },

    async allowDeletion(stack: string): Promise<void> {
      const action = { Action: 'UpdateTerminationProtection', StackName: stack, EnableTerminationProtection: 'false' };
      await query('cloudformation', '2010-05-15', action);
    },
  };
}

export type AwsCalls = ReturnType<typeof awsCalls>;
