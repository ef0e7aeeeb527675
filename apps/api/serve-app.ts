import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { AresError } from '../../src/core/ares-error.ts';

/** Loopback only: tokens go over the wire as they are, and reading needs none. */
const ADDRESS = '127.0.0.1';

const GRACE_MS = 250;

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
      const message = `port ${port} must be free, another program uses it. Stop that one, or choose another port with --port.`;
      reject(new AresError('PORT_BUSY', message, { port }, error));
    });
    server.listen(port, ADDRESS, resolve);
  });
}

/**
 * Serves an app on this machine.
 *
 * @param port 0 takes any free one
 * @param build is given the values of the Host header that are the server's own, known once it listens
 * @throws AresError `PORT_BUSY`
 */
export async function serveApp(
  port: number,
  build: (hosts: () => readonly string[]) => { readonly app: Hono; readonly close?: () => void },
): Promise<ServedApi> {
  let hosts: readonly string[] = [];
  const { app, close } = build(() => hosts);
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  await listen(server, port);
  const bound = (server.address() as AddressInfo).port;
  hosts = ['localhost', ADDRESS, '[::1]'].map((name) => `${name}:${bound}`);
  return {
    port: bound,
    url: `http://localhost:${bound}`,
    close() {
      close?.();
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
