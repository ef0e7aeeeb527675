import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers every request with the same few bytes: what it reaches is the client's own ceiling. Runs as a process of its own. */
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end('{}');
  });
});
server.listen(0, '127.0.0.1', () => process.send?.({ ready: true, port: (server.address() as AddressInfo).port }));
process.on('SIGTERM', () => process.exit(0));
