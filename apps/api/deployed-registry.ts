import { Hono } from 'hono';
import { readEnv } from '../../src/compose/env.ts';
import type { HttpRuntime } from '../../src/compose/http-handler.ts';
import { createGate } from './access/create-gate.ts';
import { fitPayload } from './fit-payload.ts';
import { createMlflow } from './mlflow/create-mlflow.ts';
import { mlflowAnswer } from './mlflow/mlflow-answer.ts';
import { mlflowRoutes } from './mlflow/mlflow-routes.ts';
import type { MlflowPorts } from './mlflow/route.ts';
import { rateLimit } from './rate-limit.ts';
import { refusal } from './refusal.ts';

/**
 * MLflow's API as a stage serves it to anybody: without a token nothing is told but that it is there. Its counts of requests are those of one instance
 * of the function; how many of these there are the wiring table limits.
 */
export function deployedRegistry(granted: Omit<MlflowPorts, keyof HttpRuntime>, runtime: HttpRuntime): Hono {
  const ports = { ...granted, ...runtime };
  // An instance is frozen between requests, and a clock of running time may stand still meanwhile: a token that was revoked would be good for long.
  const clock = { now: () => ports.wallClock.now() };
  const gate = createGate({ openReads: false, rate: rateLimit(readEnv()) }, { ...ports, monotonic: clock });
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.res.headers.set('x-content-type-options', 'nosniff');
  });
  app.use(fitPayload);
  app.route('/', createMlflow(mlflowRoutes, ports, { gate }));
  app.notFound(({ req }) => refusal(404, 'NOT_FOUND', `there is nothing at ${req.path}`));
  app.onError((error) => mlflowAnswer(error, ports.log));
  return app;
}
