import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { deployedRegistry } from '../../../apps/api/deployed-registry.ts';
import { pathsOf } from '../../../apps/api/mlflow/create-mlflow.ts';
import { mlflowRoutes } from '../../../apps/api/mlflow/mlflow-routes.ts';
import { createFileArtifactStore } from '../../../src/adapters/local/file-artifact-store.ts';
import { systemRandom } from '../../../src/adapters/local/system-random.ts';
import { httpHandler } from '../../../src/compose/http-handler.ts';
import type { LambdaContext } from '../../../src/compose/lambda-context.ts';
import { createToken } from '../../../src/core/access/create-token.ts';
import { revokeToken } from '../../../src/core/access/revoke-token.ts';
import type { Role } from '../../../src/core/access/role.ts';
import type { Command } from '../../../src/core/events/command.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { createMemoryModelStore } from '../../support/memory-model-store.ts';
import { sampleLoader } from '../../support/model-bytes.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 30_000 } as LambdaContext;
const RUNS = '/api/2.0/mlflow/runs';

/** The deployed function, asked as Lambda asks it for a request to its address. */
function open() {
  const ledger = createMemoryLedger();
  const random = systemRandom();
  const wallClock = manualClock();
  const log = recordingLog();
  const ports = {
    ledger,
    artifactStore: createFileArtifactStore(join(temporaryDirectory(), 'artifacts')),
    modelStore: createMemoryModelStore(),
    predictorLoader: sampleLoader,
  };
  // A frozen instance's own clock stands still.
  const runtime = { log, random, wallClock, monotonic: { now: () => 7 } };
  const handler = httpHandler('serve-registry', deployedRegistry, ports, runtime);

  async function ask(method: string, address: string, more: { token?: string; body?: unknown; headers?: object } = {}) {
    const [rawPath = '', rawQueryString = ''] = address.split('?');
    const authorization = more.token === undefined ? {} : { authorization: `Bearer ${more.token}` };
    const type = typeof more.body === 'object' ? { 'content-type': 'application/json' } : {};
    const event = {
      rawPath,
      rawQueryString,
      headers: { ...type, ...authorization, ...more.headers },
      requestContext: { domainName: 'abc.lambda-url.eu-central-1.on.aws', http: { method } },
      ...(more.body === undefined
        ? {}
        : { body: typeof more.body === 'string' ? more.body : JSON.stringify(more.body) }),
      isBase64Encoded: false,
    };
    const { statusCode: status, headers, body } = await handler(event, context);
    const bytes = Buffer.from(body, 'base64');
    // biome-ignore lint/suspicious/noExplicitAny: an answer is whatever the route gives.
    const json = (): any => JSON.parse(bytes.toString());
    return { status, headers, bytes, json };
  }
  const command = (): Command => ({
    id: random.id(),
    user: 'test',
    now: wallClock.now(),
    sessionId: 'test',
  });
  async function tokenFor(role: Role): Promise<string> {
    const made = await createToken(command(), { name: role, role, slots: null, expiresAt: null }, { ledger, random });
    if (made.outcome !== 'created') throw new Error(`a token must be made, was ${made.outcome}`);
    return made.secret;
  }
  return { ask, tokenFor, command, ledger, log, wallClock };
}

describe('the registry of a stage', () => {
  test('tells nobody without a token more than that it is there', async () => {
    const { ask } = open();
    for (const route of mlflowRoutes) {
      for (const path of pathsOf(route)) {
        const { status } = await ask(route.method, path.replaceAll(/:\w+(\{[^}]*\})?|\*/g, 'x'));
        expect(`${route.method} ${path} ${status === 401 ? 'refused' : 'answered'}`).toBe(
          `${route.method} ${path} ${route.right === 'open' ? 'answered' : 'refused'}`,
        );
      }
    }
    expect((await ask('GET', '/')).status).toBe(404);
  });

  test('takes a run and an artifact of a trainer, gives them back to a viewer, and lets him change nothing', async () => {
    const { ask, tokenFor, log } = open();
    const [trainer, viewer] = [await tokenFor('trainer'), await tokenFor('viewer')];
    const created = await ask('POST', `${RUNS}/create`, { token: trainer, body: { experiment_id: '0' } });
    expect(created.status).toBe(200);
    const { run_id } = created.json().run.info;
    const metric = { run_id, key: 'accuracy', value: 0.7, timestamp: 1, step: 1 };
    expect((await ask('POST', `${RUNS}/log-metric`, { token: trainer, body: metric })).status).toBe(200);
    const file = `/api/2.0/mlflow-artifacts/artifacts/0/${run_id}/artifacts/gr%C3%B6%C3%9Fe%20a.csv`;
    const text = '\ufeffname;größe\n';
    expect((await ask('PUT', file, { token: trainer, body: text })).status).toBe(200);

    const read = await ask('GET', `${RUNS}/get?run_id=${run_id}`, { token: viewer });
    expect(read.json().run.data.metrics).toMatchObject([{ key: 'accuracy', value: 0.7 }]);
    const got = await ask('GET', file, { token: viewer });
    expect(got.bytes.toString()).toBe(text);
    expect(got.headers['x-content-type-options']).toBe('nosniff');
    const refused = await ask('POST', `${RUNS}/log-metric`, { token: viewer, body: metric });
    expect([refused.status, refused.json().error_code]).toEqual([403, 'PERMISSION_DENIED']);
    expect(JSON.stringify(log.lines)).not.toContain(trainer);
    expect(log.lines.filter(({ message }) => message === 'request answered')).toHaveLength(6);
  });

  test('refuses a token that was revoked as soon as everywhere else, though its own clock stood still', async () => {
    const { ask, tokenFor, command, ledger, wallClock } = open();
    const token = await tokenFor('viewer');
    const status = async () => (await ask('GET', '/api/2.0/mlflow/experiments/get?experiment_id=0', { token })).status;
    expect(await status()).toBe(200);
    await revokeToken(command(), { name: 'viewer', reason: undefined }, { ledger });
    wallClock.pass(5_001);
    expect(await status()).toBe(401);
  });

  test('compresses what a client takes compressed, and refuses what does not fit into an answer of Lambda otherwise', async () => {
    const { ask, tokenFor } = open();
    const token = await tokenFor('trainer');
    // Fifteen runs of 300 kB each.
    const params = Array.from({ length: 50 }, (_, at) => ({ key: `p${at}`, value: 'x'.repeat(6_000) }));
    for (let run = 0; run < 15; run += 1) {
      const created = await ask('POST', `${RUNS}/create`, { token, body: { experiment_id: '0' } });
      const { run_id } = created.json().run.info;
      expect((await ask('POST', `${RUNS}/log-batch`, { token, body: { run_id, params } })).status).toBe(200);
    }
    const body = { experiment_ids: ['0'], max_results: 100 };
    const packed = await ask('POST', `${RUNS}/search`, {
      token,
      body,
      headers: { 'accept-encoding': 'gzip, deflate' },
    });
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(JSON.parse(gunzipSync(packed.bytes).toString()).runs).toHaveLength(15);

    const plain = await ask('POST', `${RUNS}/search`, { token, body: { ...body, max_results: 5 } });
    expect(plain.headers).not.toHaveProperty('content-encoding');
    expect(plain.json().runs).toHaveLength(5);
    const refused = await ask('POST', `${RUNS}/search`, { token, body });
    expect([refused.status, refused.json()]).toEqual([
      400,
      {
        error_code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringMatching(
          /^an answer must have at most 4194304 bytes here, had 45\d{5}: .* smaller max_results$/,
        ),
      },
    ]);
  });
});
