import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Monotonic } from '../../src/core/ports/clock.ts';

export interface Health {
  readonly port: number;
  /** The ledger has taken a heartbeat. */
  beaten(): void;
  close(): void;
}

/**
 * Answers on the loopback address whether this trader lives: 200 while its last heartbeat is younger than `staleMs`, 503 before the first and after that.
 *
 * The event loop that trades answers, so one that hangs answers nothing. A file would do too, but needs a file system that can be written.
 *
 * @param options `port` 0 for any free one
 * @throws (rejects) when the port is taken
 */
export async function serveHealth(
  options: { readonly port: number; readonly staleMs: number },
  ports: { readonly monotonic: Monotonic },
): Promise<Health> {
  let beatenAt: number | undefined;
  const server = createServer((_request, response) => {
    const ageMs = beatenAt === undefined ? null : Math.round(ports.monotonic.now() - beatenAt);
    const healthy = ageMs !== null && ageMs < options.staleMs;
    response.writeHead(healthy ? 200 : 503, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify({ healthy, heartbeatAgeMs: ageMs }));
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  // The trader ends when trading ends, whoever asks for its health.
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    beaten: () => {
      beatenAt = ports.monotonic.now();
    },
    close: () => void server.close(),
  };
}
