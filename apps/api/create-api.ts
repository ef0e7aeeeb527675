import { Hono } from 'hono';
import { AresError, messageOf } from '../../src/core/ares-error.ts';
import { createGate, type GateOptions } from './access/create-gate.ts';
import type { ApiOptions, ApiPorts } from './api-options.ts';
import { createDashboardReader } from './dashboard-reader.ts';
import { dashboardRoutes } from './dashboard-routes.ts';
import { guardRequests } from './guard-requests.ts';
import { createLiveFeed, type LiveFeed } from './live-feed.ts';
import { createMlflow } from './mlflow/create-mlflow.ts';
import { mlflowRoutes } from './mlflow/mlflow-routes.ts';
import type { PageFiles } from './page-files.ts';
import { refusal } from './refusal.ts';

const statuses: Readonly<Record<string, number>> = {
  QUERY_INVALID: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  REQUEST_LIMIT_EXCEEDED: 429,
  EXCHANGE_UNAVAILABLE: 503,
  DATABASE_BUSY: 503,
};

export interface Api {
  readonly app: Hono;
  /** Ends the open streams. */
  close(): void;
}

/**
 * The read-only API of one slot, the page over it, and MLflow's API.
 *
 * @param hosts the values of the Host header that are this server's own
 */
export function createApi(
  options: ApiOptions & { readonly hosts: () => readonly string[]; readonly access: GateOptions },
  ports: ApiPorts,
  page: PageFiles,
): Api {
  const { ledger, eventLog, wallClock, log } = ports;
  const reader = createDashboardReader(options, ports);
  const feed: LiveFeed = createLiveFeed(reader.dashboard, ports);
  const gate = createGate(options.access, ports);
  const source = { slot: options.slot, ledger, eventLog, wallClock, reader, feed };
  const app = new Hono();

  app.use(guardRequests(options.hosts));
  for (const { path, right, handle } of dashboardRoutes) {
    app.get(path, async ({ req, json }) => {
      await gate.admit(req.header('authorization'), right);
      const answer = await handle(req.query(), source);
      return answer instanceof Response ? answer : json(answer, 200, { 'cache-control': 'no-store' });
    });
  }
  app.route('/', createMlflow(mlflowRoutes, ports, { gate }));
  app.get(
    '*',
    async ({ req }) => (await page(req.path)) ?? refusal(404, 'NOT_FOUND', `there is nothing at ${req.path}`),
  );
  app.all('*', async ({ req }) => {
    await gate.admit(req.header('authorization'), 'track');
    return refusal(405, 'METHOD_REFUSED', `the method must be GET here, was ${req.method}`, { allow: 'GET' });
  });

  app.onError((error) => {
    const code = error instanceof AresError ? error.code : 'INTERNAL';
    const status = statuses[code] ?? 500;
    if (status === 500) log.error('a request could not be answered', { error });
    return refusal(status, code, messageOf(error));
  });
  return { app, close: feed.close };
}
