import type { MlflowRoute } from './route.ts';
import { artifactRoutes } from './routes/artifacts.ts';
import { experimentRoutes } from './routes/experiments.ts';
import { loggedModelRoutes } from './routes/logged-models.ts';
import { metricRoutes } from './routes/metrics.ts';
import { modelVersionRoutes } from './routes/model-versions.ts';
import { pageArtifactRoutes } from './routes/page-artifacts.ts';
import { registeredModelRoutes } from './routes/registered-models.ts';
import { runRoutes } from './routes/runs.ts';
import { serverRoutes } from './server-routes.ts';

/** Every endpoint of MLflow's that is offered. */
export const mlflowRoutes: readonly MlflowRoute[] = [
  ...serverRoutes,
  ...experimentRoutes,
  ...runRoutes,
  ...metricRoutes,
  ...artifactRoutes,
  ...pageArtifactRoutes,
  ...loggedModelRoutes,
  ...registeredModelRoutes,
  ...modelVersionRoutes,
];
