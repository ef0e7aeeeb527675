import type { Hono } from 'hono';
import { createMlflow } from '../../apps/api/mlflow/create-mlflow.ts';
import type { Caller, MlflowPorts, MlflowRoute } from '../../apps/api/mlflow/route.ts';

const ada: Caller = { user: 'ada', can: () => true, mayUse: () => true };

/** Some routes of MLflow's API by themselves, for a caller who may do everything. */
export const mountMlflowRoutes = (routes: readonly MlflowRoute[], ports: MlflowPorts): Hono =>
  createMlflow(routes, ports, { gate: { admit: async () => ada } });

/** The JSON of an answer. */
export const jsonOf = async (answer: Response) => JSON.parse(await answer.text());

/** A request with JSON in it, as it comes over a line. */
export function jsonRequest(method: string, value: unknown): RequestInit {
  const body = JSON.stringify(value);
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  return { method, headers, body };
}
