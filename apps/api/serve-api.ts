import { fileURLToPath } from 'node:url';
import type { RateLimit } from '../../src/core/access/token-bucket.ts';
import type { ApiOptions, ApiPorts } from './api-options.ts';
import { createApi } from './create-api.ts';
import { pageFiles } from './page-files.ts';
import { type ServedApi, serveApp } from './serve-app.ts';

const BUILT_PAGE = fileURLToPath(new URL('../../dist/dashboard', import.meta.url));

export interface ServeOptions extends ApiOptions {
  /** 0 takes any free one. */
  readonly port: number;
  readonly rate: RateLimit;
  /** Where the built page is. */
  readonly pageDirectory?: string;
}

/**
 * Serves the page, its API and MLflow's on this machine; what only reads needs no token.
 *
 * @throws AresError `PORT_BUSY`
 */
export function serveApi(
  { port, rate, pageDirectory = BUILT_PAGE, ...options }: ServeOptions,
  ports: ApiPorts,
): Promise<ServedApi> {
  const access = { openReads: true, rate };
  return serveApp(port, (hosts) => createApi({ ...options, hosts, access }, ports, pageFiles(pageDirectory)));
}
