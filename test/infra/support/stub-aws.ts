import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Stands for DynamoDB, where it finds no item, and for a container's credentials under `/credentials`; notes whose key signs each request. */
export async function startStubAws(credentials: object) {
  const signers: string[] = [];
  const server = createServer((request, response) => {
    const signer = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1];
    if (signer !== undefined) signers.push(signer);
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    const expires = { Expiration: new Date(Date.now() + 3_600_000).toISOString() };
    request.resume().on('end', () => {
      response.end(JSON.stringify(request.url === '/credentials' ? { ...credentials, ...expires } : {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    signers: (): readonly string[] => signers,
  };
}
