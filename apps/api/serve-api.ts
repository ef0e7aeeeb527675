import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import { AresError } from '../../src/core/ares-error.ts';
import type { ApiOptions, ApiPorts } from './api-options.ts';
import { createApi } from './create-api.ts';
import { pageFiles } from './page-files.ts';

/** Loopback only: until there is access control nobody but this machine's users may see it. */
const ADDRESS = '127.0.0.1';
const BUILT_PAGE = fileURLToPath(new URL('../../dist/dashboard', import.meta.url));

const GRACE_MS = 250;

export interface ServeOptions extends ApiOptions {
  /** 0 takes any free one. */
  readonly port: number;
  /** Where the built page is. */
  readonly pageDirectory?: string;
}

export interface ServedApi {
  readonly port: number;
  readonly url: string;
  /** Ends the open streams and resolves when the port is free again. */
  close(): Promise<void>;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error);
      const message = `port ${port} must be free for the page, another program uses it. Stop that one, or choose another port with --port.`;
      reject(new AresError('PORT_BUSY', message, { port }, error));
    });
    server.listen(port, ADDRESS, resolve);
  });
}

/**
 * Serves the page and its API on this machine.
 *
 * @throws AresError `PORT_BUSY`
 */
export async function serveApi(
  { port, pageDirectory = BUILT_PAGE, ...options }: ServeOptions,
  ports: ApiPorts,
): Promise<ServedApi> {
  let hosts: readonly string[] = [];
  const api = createApi({ ...options, hosts: () => hosts }, ports, pageFiles(pageDirectory));
  const server = createServer(getRequestListener(api.app.fetch, { overrideGlobalObjects: false }));
  await listen(server, port);
  const bound = (server.address() as AddressInfo).port;
  hosts = ['localhost', ADDRESS, '[::1]'].map((name) => `${name}:${bound}`);
  return {
    port: bound,
    url: `http://localhost:${bound}`,
    close() {
      api.close();
      return new Promise((resolve, reject) => {
        // Answers under way get a moment to end; connections that are only kept alive are cut then.
        const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
        server.close((error) => {
          clearTimeout(cut);
          if (error) reject(error);
          else resolve();
        });
      });
    },
  };
}
