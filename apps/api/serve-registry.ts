import { Hono } from 'hono';
import { monotonic } from '#port/monotonic';
import { readEnv } from '../../src/compose/env.ts';
import { createGate } from './access/create-gate.ts';
import { guardRequests } from './guard-requests.ts';
import { createMlflow } from './mlflow/create-mlflow.ts';
import { mlflowRoutes } from './mlflow/mlflow-routes.ts';
import { mlflowPorts } from './mlflow-ports.ts';
import { rateLimit } from './rate-limit.ts';
import { refusal } from './refusal.ts';
import { type ServedApi, serveApp } from './serve-app.ts';

/**
 * Serves MLflow's API alone over this machine's ports; what only reads needs no token.
 *
 * @throws AresError `PORT_BUSY`, and what opening the data directory throws
 */
export function serveRegistry({ port }: { readonly port: number }): Promise<ServedApi> {
  const ports = mlflowPorts();
  const gate = createGate({ openReads: true, rate: rateLimit(readEnv()) }, { ...ports, monotonic });
  return serveApp(port, (hosts) => {
    const app = new Hono();
    app.use(guardRequests(hosts));
    app.route('/', createMlflow(mlflowRoutes, ports, { gate }));
    app.get('/', ({ text }) =>
      text("The registry of Ares. Its API is MLflow's: set MLFLOW_TRACKING_URI to this address.\n"),
    );
    app.notFound(({ req }) => refusal(404, 'NOT_FOUND', `there is nothing at ${req.path}`));
    return { app };
  });
}
