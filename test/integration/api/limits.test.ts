import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { serveSeededSlot } from './served-slot.ts';

const BARS = { bars: 12 };
const MB = 1024 * 1024;
const CREATE = '/api/2.0/mlflow/experiments/create';
const ARTIFACT = '/api/2.0/mlflow-artifacts/artifacts/big/file.bin';

describe('the API limits', () => {
  it('how much each token asks, and says when to come again', async () => {
    let now = 0;
    const rate = { burst: 3, perSecond: 2 };
    const { ask, token } = await serveSeededSlot({ ...BARS, rate, monotonic: { now: () => now } });
    const [first, second] = [await token({ role: 'trainer' }), await token({ role: 'trainer' })];
    const create = async (headers: Record<string, string>) => ask(CREATE, { method: 'POST', headers });
    for (let i = 0; i < 3; i += 1) expect((await create(first.headers)).status).toBe(400);
    const over = await create(first.headers);
    expect([over.status, over.headers['retry-after']]).toEqual([429, '1']);
    expect(JSON.parse(over.text)).toEqual({
      error_code: 'REQUEST_LIMIT_EXCEEDED',
      message: 'at most 2 requests a second may be made, 3 at once; wait 1 s',
    });
    expect((await create(second.headers)).status).toBe(400);
    now = 1_000;
    expect((await create(first.headers)).status).toBe(400);
  });

  it('how often wrong tokens are tried, without touching those who have one', async () => {
    const { ask, token } = await serveSeededSlot({ ...BARS, monotonic: { now: () => 0 } });
    const { headers } = await token({ role: 'viewer' });
    const guess = (i: number) => ask('/api/overview', { headers: { authorization: `Bearer ares_${i}` } });
    const statuses: number[] = [];
    for (let i = 0; i < 102; i += 1) statuses.push((await guess(i)).status);
    expect(statuses.slice(0, 100).every((status) => status === 401)).toBe(true);
    expect(statuses.slice(100)).toEqual([429, 429]);
    expect((await ask('/api/overview', { headers })).status).toBe(200);
  });

  it('the size of JSON, declared or not', async () => {
    const { ask, token, port } = await serveSeededSlot(BARS);
    const { headers } = await token({ role: 'trainer' });
    const body = JSON.stringify({ name: 'x'.repeat(10 * MB) });
    const json = { ...headers, 'content-type': 'application/json' };
    const declared = await ask(CREATE, {
      method: 'POST',
      headers: { ...json, 'content-length': String(body.length) },
      body,
    });
    expect(declared.status).toBe(400);
    expect(JSON.parse(declared.text)).toMatchObject({
      error_code: 'BAD_REQUEST',
      message: expect.stringMatching(/^a JSON body must have at most 10485760 bytes/),
    });
    const undeclared = await new Promise<number>((resolve, reject) => {
      const call = request({ port, path: CREATE, method: 'POST', headers: json, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      call.on('error', reject);
      for (let i = 0; i < 11; i += 1) call.write(Buffer.alloc(MB, 32));
      call.end();
    });
    expect(undeclared).toBe(400);
    expect((await ask('/api/health')).status).toBe(200);
  });

  it('no artifact: fifty megabytes go through as a stream and come back the same', async () => {
    const { ask, token, port } = await serveSeededSlot(BARS);
    const { headers } = await token({ role: 'trainer' });
    const bytes = randomBytes(50 * MB);
    const put = await ask(ARTIFACT, { method: 'PUT', headers, body: bytes });
    expect(put.status).toBe(200);
    const back = await fetch(`http://localhost:${port}${ARTIFACT}`);
    expect(back.status).toBe(200);
    expect(Buffer.from(await back.arrayBuffer()).equals(bytes)).toBe(true);
  });
});

describe("MLflow's API", () => {
  it('says that it is there, what it speaks and what it can, to anybody', async () => {
    const { ask } = await serveSeededSlot(BARS);
    expect(await ask('/health')).toMatchObject({ status: 200, text: 'OK' });
    expect(await ask('/version')).toMatchObject({ status: 200, text: '3.17.2' });
    for (const prefix of ['/api', '/ajax-api']) {
      const { status, text } = await ask(`${prefix}/3.0/mlflow/server-info`);
      expect(status).toBe(200);
      expect(JSON.parse(text)).toMatchObject({ store_type: 'SqlStore', workspaces_enabled: false });
    }
  });

  it('names what it does not offer, and tells it from what nobody has', async () => {
    const { ask } = await serveSeededSlot(BARS);
    const cases = [
      ['POST', '/v1/traces', 'traces'],
      ['POST', '/api/3.0/mlflow/traces', 'traces'],
      ['GET', '/api/2.0/mlflow/traces', 'traces'],
      ['POST', '/api/3.0/mlflow/traces/tr-1/assessments', 'traces'],
      ['GET', '/api/2.0/mlflow/webhooks', 'webhooks'],
      ['DELETE', '/api/2.0/mlflow/webhooks/abc', 'webhooks'],
      ['GET', '/api/3.0/mlflow/scorers/list', 'scorers'],
      ['POST', '/ajax-api/2.0/mlflow/gateway-proxy', 'the AI gateway'],
      ['POST', '/ajax-api/3.0/mlflow/gateway/endpoints/create', 'the AI gateway'],
      ['POST', '/api/3.0/mlflow/prompt-optimization/jobs', 'prompts'],
    ] as const;
    for (const [method, path, family] of cases) {
      const { status, text } = await ask(path, { method });
      expect(JSON.parse(text)).toEqual({
        error_code: 'NOT_IMPLEMENTED',
        message: `Ares does not offer ${family}: ${method} ${path}`,
      });
      expect(status).toBe(501);
    }
    const { status, text } = await ask('/api/2.0/mlflow/experiments/nonsense');
    expect(status).toBe(404);
    expect(JSON.parse(text).error_code).toBe('ENDPOINT_NOT_FOUND');
  });

  it('takes its wishes from the query of a GET and the body of the rest, encoded twice by old clients too', async () => {
    const { ask, token } = await serveSeededSlot(BARS);
    const { headers } = await token({ role: 'trainer' });
    const json = { ...headers, 'content-type': 'application/json' };
    const create = async (body: string) =>
      JSON.parse((await ask(CREATE, { method: 'POST', headers: json, body })).text);
    expect(await create(JSON.stringify({ name: 'one' }))).toHaveProperty('experiment_id');
    expect(await create(JSON.stringify(JSON.stringify({ name: 'two' })))).toHaveProperty('experiment_id');
    expect(await create('{"name":')).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE' });
    for (const prefix of ['/api/2.0/mlflow', '/ajax-api/2.0/mlflow', '/api/2.0/preview/mlflow']) {
      const { text } = await ask(`${prefix}/experiments/get-by-name?experiment_name=two`);
      expect(JSON.parse(text)).toMatchObject({ experiment: { name: 'two' } });
    }
  });
});
