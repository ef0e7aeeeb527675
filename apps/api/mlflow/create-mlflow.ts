import { type Context, type Handler, Hono } from 'hono';
import { LOCAL_READER } from '../../../src/core/access/caller.ts';
import { MlflowError } from '../../../src/core/tracking/mlflow-error.ts';
import type { Gate } from '../access/gate.ts';
import { mlflowAnswer } from './mlflow-answer.ts';
import { notOffered } from './not-offered.ts';
import { readInput } from './read-input.ts';
import type { MlflowPorts, MlflowRoute } from './route.ts';

const PREFIXES = ['/api', '/ajax-api'] as const;
const UNKNOWN = ['/api/2.0/*', '/api/3.0/*', '/ajax-api/*', '/v1/traces', '/graphql'];

/** Every path a route is served at: for programs and for pages, and the older name of what was once a preview. One without a version stands as it is. */
export function pathsOf({ path }: Pick<MlflowRoute, 'path'>): readonly string[] {
  if (!/^\/\d\.0\//.test(path)) return [path];
  const preview = path.startsWith('/2.0/mlflow/') ? [path.replace('/2.0/mlflow/', '/2.0/preview/mlflow/')] : [];
  return PREFIXES.flatMap((prefix) => [path, ...preview].map((each) => `${prefix}${each}`));
}

/**
 * MLflow's REST API as a Hono app.
 *
 * @param gate asked before each route but those that are open
 */
export function createMlflow(
  routes: readonly MlflowRoute[],
  ports: MlflowPorts,
  { gate }: { readonly gate: Gate },
): Hono {
  const app = new Hono();

  const serve =
    ({ right, body, handle }: MlflowRoute): Handler =>
    async (context) => {
      const { req } = context;
      const caller = right === 'open' ? LOCAL_READER : await gate.admit(req.header('authorization'), right);
      const input = await readInput(req, body);
      const answer = await handle({ params: req.param(), input, caller, request: req.raw }, ports);
      return answer instanceof Response ? answer : context.json(answer);
    };

  for (const route of routes) {
    for (const path of pathsOf(route)) app.on(route.method, path, serve(route));
  }
  for (const path of UNKNOWN) app.all(path, (context) => refuseUnknown(context, gate));
  app.onError((error) => mlflowAnswer(error, ports.log));
  return app;
}

async function refuseUnknown({ req }: Context, gate: Gate): Promise<never> {
  await gate.admit(req.header('authorization'), 'read');
  const family = notOffered(req.path.replace(/^\/(ajax-)?api\/\d\.0\//, '').replace(/^\//, ''));
  if (family === undefined)
    throw new MlflowError('ENDPOINT_NOT_FOUND', `there is no endpoint ${req.method} ${req.path}`);
  throw new MlflowError('NOT_IMPLEMENTED', `Ares does not offer ${family}: ${req.method} ${req.path}`);
}
