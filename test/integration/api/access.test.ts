import { describe, expect, it } from 'vitest';
import { createGate } from '../../../apps/api/access/create-gate.ts';
import { dashboardRoutes } from '../../../apps/api/dashboard-routes.ts';
import { pathsOf } from '../../../apps/api/mlflow/create-mlflow.ts';
import { mlflowRoutes } from '../../../apps/api/mlflow/mlflow-routes.ts';
import { revokeToken } from '../../../src/core/access/revoke-token.ts';
import type { Right } from '../../../src/core/access/right.ts';
import { ROLES } from '../../../src/core/access/role.ts';
import { queryAudit } from '../../../src/core/audit/query-audit.ts';
import { epochMillis, type Monotonic } from '../../../src/core/ports/clock.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { serveSeededSlot } from './served-slot.ts';

const BARS = { bars: 12 };

/** Written by hand, so that a change of the roles is seen here. */
const EXPECTED: Readonly<Record<Right, readonly string[]>> = {
  open: ['nobody', 'revoked', 'expired', 'viewer', 'trainer', 'operator', 'admin'],
  read: ['nobody', 'viewer', 'trainer', 'operator', 'admin'],
  track: ['trainer', 'admin'],
  register: ['trainer', 'admin'],
  label: ['trainer', 'operator', 'admin'],
  lifecycle: ['operator', 'admin'],
};

/** Reads without side effects that are no GET. */
const QUESTIONS = /\/(search|search-datasets|get-latest-versions|presigned-download-url)$/;

const filled = (path: string): string => path.replaceAll(/:[a-z_]+(\{[^}]*\})?/g, 'none');

const routes: readonly { readonly method: string; readonly path: string; readonly right: Right }[] = [
  ...dashboardRoutes.map(({ path, right }) => ({ method: 'GET', path, right })),
  ...mlflowRoutes.flatMap((route) =>
    pathsOf(route).map((path) => ({ method: route.method, path: filled(path), right: route.right })),
  ),
];

type Served = Awaited<ReturnType<typeof serveSeededSlot>>;

async function everyCaller({ ledger, token }: Served): Promise<Readonly<Record<string, Record<string, string>>>> {
  const revoked = await token({ role: 'admin' });
  const command = { id: 'r', user: 'test', now: epochMillis(1), sessionId: 'test' };
  await revokeToken(command, { name: revoked.name, reason: undefined }, { ledger });
  const expired = await token({ role: 'admin', expiresAt: epochMillis(1) });
  const roles = await Promise.all(ROLES.map(async (role) => [role, (await token({ role })).headers] as const));
  return { nobody: {}, revoked: revoked.headers, expired: expired.headers, ...Object.fromEntries(roles) };
}

/** A second passes with each look: wrong tokens are refused, never put off. */
function hastyClock(): Monotonic {
  let now = 0;
  return {
    now() {
      now += 1_000;
      return now;
    },
  };
}

describe('access', () => {
  it('is given on every route to those who have its right, and to nobody else', async () => {
    const served = await serveSeededSlot({ ...BARS, monotonic: hastyClock() });
    const callers = await everyCaller(served);
    const wrong: string[] = [];
    for (const { method, path, right } of routes.filter(({ path }) => path !== '/api/stream')) {
      for (const [name, headers] of Object.entries(callers)) {
        const { status, text } = await served.ask(path, { method, headers });
        const allowed = EXPECTED[right].includes(name);
        const strangers = ['nobody', 'revoked', 'expired'].includes(name);
        const was = status === 401 ? 'unknown' : status === 403 ? 'forbidden' : 'allowed';
        const must = allowed ? 'allowed' : strangers ? 'unknown' : 'forbidden';
        if (was !== must) wrong.push(`${method} ${path} as ${name}: must be ${must}, was ${status} ${text}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(routes.length).toBeGreaterThan(150);
  });

  it('is of those who read for what changes nothing, and for nothing else', () => {
    const odd = mlflowRoutes.filter(({ method, path, right }) => {
      const reads = right === 'read' || right === 'open';
      return reads !== (method === 'GET' || QUESTIONS.test(path));
    });
    expect(odd.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  it('is given to a token as a bearer, or as the password of any name', async () => {
    const { ask, token } = await serveSeededSlot(BARS);
    const { secret } = await token({ role: 'trainer' });
    const create = async (authorization: string) =>
      (await ask('/api/2.0/mlflow/experiments/create', { method: 'POST', headers: { authorization } })).status;
    const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
    for (const header of [`Bearer ${secret}`, `bearer  ${secret}`, basic(`me:${secret}`), basic(`:${secret}`)])
      expect([header, await create(header)]).toEqual([header, 400]);
    for (const header of [
      `Bearer ${secret}x`,
      `Bearer ${secret.slice(0, -1)}`,
      'Bearer',
      `Token ${secret}`,
      secret,
      basic(secret),
      basic(`${secret}:`),
      'Basic ***',
      '',
    ])
      expect([header, await create(header)]).toEqual([header, 401]);
  });

  it('is refused to a wrong token also where none is needed', async () => {
    const { ask } = await serveSeededSlot(BARS);
    const headers = { authorization: 'Bearer nonsense' };
    expect((await ask('/api/overview')).status).toBe(200);
    const { status, text } = await ask('/api/overview', { headers });
    expect(status).toBe(401);
    expect(JSON.parse(text).error).toMatchObject({ code: 'UNAUTHENTICATED' });
    const answer = await ask('/api/2.0/mlflow/experiments/search', { headers });
    expect((await ask('/api/stream', { headers })).status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="ares"');
    expect(JSON.parse(answer.text)).toEqual({
      error_code: 'UNAUTHENTICATED',
      message: expect.stringMatching(/^the token must be one that Ares has given, was not\./),
    });
  });

  it('ends within five seconds of a revocation', async () => {
    let now = 0;
    const { ask, token, ledger } = await serveSeededSlot({ ...BARS, monotonic: { now: () => now } });
    const { name, headers } = await token({ role: 'trainer' });
    const create = async () => (await ask('/api/2.0/mlflow/experiments/create', { method: 'POST', headers })).status;
    expect(await create()).toBe(400);
    const command = { id: 'r', user: 'test', now: epochMillis(Date.now()), sessionId: 'test' };
    await revokeToken(command, { name, reason: undefined }, { ledger });
    now = 5_000;
    expect(await create()).toBe(401);
  });

  it('names the token in the audit entries that it causes', async () => {
    const { ask, token, ledger } = await serveSeededSlot(BARS);
    const { headers, name } = await token({ role: 'trainer', name: 'ann' });
    const json = { ...headers, 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'wave' });
    const path = '/api/2.0/mlflow/registered-models/create';
    expect((await ask(path, { method: 'POST', headers: json, body })).status).toBe(200);
    const { entries } = await queryAudit(ledger, { stream: 'models', user: name, limit: 10 });
    expect(entries).toHaveLength(1);
  });

  it('is given to nobody without a token where reads are not open', async () => {
    const clock = { now: () => 0 };
    const wall = { now: () => epochMillis(0) };
    const options = { openReads: false, rate: { burst: 10, perSecond: 10 } };
    const gate = createGate(options, { ledger: createMemoryLedger(), wallClock: wall, monotonic: clock });
    await expect(gate.admit(undefined, 'read')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
