/**
 * Writes docs/access.md from the tables of routes and roles; with --check it only says whether that file is current.
 *
 * node --conditions=local scripts/generate-access-docs.ts [--check]
 */
import { dashboardRoutes } from '../apps/api/dashboard-routes.ts';
import { pathsOf } from '../apps/api/mlflow/create-mlflow.ts';
import { mlflowRoutes } from '../apps/api/mlflow/mlflow-routes.ts';
import { RIGHTS, type Right } from '../src/core/access/right.ts';
import { RIGHTS_OF_ROLE, ROLES } from '../src/core/access/role.ts';
import { writeGenerated } from './write-generated.ts';

const ABOUT: Readonly<Record<Right, string>> = {
  open: 'whether the server is there, and what it is',
  read: 'everything that is shown',
  track: 'experiments, runs, logged models and artifacts',
  register: 'registered models and their versions, except what decides which one trades',
  label: 'stages and aliases of models that are bound to no slot, and aliases that decide nothing',
  lifecycle:
    'the same of models that are bound to a slot, and promotion: what decides which one trades; asked for beside `label`',
};

const mark = (allowed: boolean): string => (allowed ? 'yes' : '');
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/** Hono's pattern of a parameter is of no interest to a reader. */
const shown = (path: string): string => `\`${path.replaceAll(/\{[^}]*\}/g, '')}\``;
const allowances = (right: Right): readonly string[] => ROLES.map((role) => mark(RIGHTS_OF_ROLE[role].includes(right)));

const rights = table(
  ['right', 'of what', ...ROLES, 'no token, on one machine'],
  RIGHTS.map((right) => [right, ABOUT[right], ...allowances(right), mark(right === 'open' || right === 'read')]),
);

const routes = [
  ...dashboardRoutes.map(({ path, right }) => ({ method: 'GET', path, right })),
  ...mlflowRoutes.map(({ method, right, path }) => ({ method, right, path: pathsOf({ path })[0] as string })),
].toSorted((a, b) => (a.path === b.path ? a.method.localeCompare(b.method) : a.path < b.path ? -1 : 1));

const matrix = table(
  ['method', 'path', 'right', ...ROLES],
  routes.map(({ method, path, right }) => [method, shown(path), right, ...allowances(right)]),
);

writeGenerated(
  'docs/access.md',
  `<!-- Written by scripts/generate-access-docs.ts from the tables of routes and roles. -->
# Access to the API

Every route asks for a right, and whoever calls has the rights of their token's role. What is not in the table below is refused. \`./ares token\` makes tokens,
lists and revokes them; a token can be of some slots only, and can expire. Only its SHA-256 is kept. Its name is the user of every audit entry that it causes; making and
revoking tokens is audited too, in the stream \`keys\`.

- A client sends it as \`Authorization: Bearer TOKEN\`, or as the password of Basic with any name. MLflow's client does so from \`MLFLOW_TRACKING_TOKEN\`, or from
  \`MLFLOW_TRACKING_USERNAME\` and \`MLFLOW_TRACKING_PASSWORD\`.
- On one machine the API listens on the loopback address only, refuses every Host and Origin that is not its own, and lets read without a token. What changes something needs
  one: the first start makes the token \`admin\`, prints it once and leaves it in \`admin-token\` of the data directory, for its owner only.
- On AWS nothing is told without a token.
- An expiry is in force at once, a revocation within five seconds.
- Each token may make \`ARES_API_RATE\` requests a second, and five times as many at once; beyond that the answer is 429 with \`Retry-After\`. Those without a token share one
  allowance, and tries with a wrong one are few for everybody together.
- JSON bodies end at 10 MB; artifacts are streamed.

## Rights and roles

${rights}

## Routes and roles

MLflow's routes are served under \`/ajax-api\` as under \`/api\`, and those under \`/api/2.0/mlflow\` also under \`/api/2.0/preview/mlflow\`. What MLflow has and Ares has not answers
\`NOT_IMPLEMENTED\` and says what it is.

${matrix}
`,
);
