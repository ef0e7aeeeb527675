import { Agent, request } from 'node:http';
import { AresError } from '../../src/core/ares-error.ts';
import { type Percentiles, percentilesOf } from '../measure/percentiles.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

export interface LoadResult extends Percentiles {
  readonly requestsPerSecond: number;
  readonly requests: number;
}

export interface LoadPlan {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly connections: number;
  /** Not counted: until then caches fill and code is compiled. */
  readonly warmUp: number;
  readonly requests: number;
  /** The `n`-th request. */
  readonly make: (n: number) => HttpRequest;
}

/** Sends one request and reads its whole answer. @throws AresError `BENCH_INVALID` for an answer that is not 200 */
export function send(
  agent: Agent,
  { url, headers }: Pick<LoadPlan, 'url' | 'headers'>,
  wanted: HttpRequest,
): Promise<string> {
  const { method, path, body } = wanted;
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), {
      agent,
      method,
      headers: {
        ...headers,
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
    });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        if (answer.statusCode === 200) resolve(text);
        else
          reject(
            new AresError(
              'BENCH_INVALID',
              `${method} ${path} must answer 200, was ${answer.statusCode}: ${text.slice(0, 300)}`,
            ),
          );
      });
    });
    sent.end(body);
  });
}

/** Requests over connections that stay open, each connection with one under way at a time. */
export async function httpLoad(plan: LoadPlan): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: plan.connections });
  try {
    await drive(plan, agent, 0, plan.warmUp);
    const begun = performance.now();
    const durations = await drive(plan, agent, plan.warmUp, plan.requests);
    const seconds = (performance.now() - begun) / 1_000;
    return {
      ...percentilesOf(durations),
      requests: plan.requests,
      requestsPerSecond: Math.round((plan.requests / seconds) * 10) / 10,
    };
  } finally {
    agent.destroy();
  }
}

async function drive(plan: LoadPlan, agent: Agent, from: number, count: number): Promise<number[]> {
  const durations: number[] = [];
  let next = from;
  const connection = async (): Promise<void> => {
    while (next < from + count) {
      const wanted = plan.make(next++);
      const begun = performance.now();
      await send(agent, plan, wanted);
      durations.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: plan.connections }, connection));
  return durations;
}
