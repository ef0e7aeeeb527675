import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What happens to the next order: it waits on the way, or it arrives and whatever the account would hear of it is lost. */
export type Interception = 'order on the way' | 'answer lost';

/** A network between trader and exchange that a test can interrupt at the one moment that matters. */
export interface OrderGate {
  readonly url: string;
  /** Resolves when an order has come by and was intercepted; then `release` lets the network go on. */
  intercept(what: Interception): Promise<{ release(): void }>;
  /** Breaks every connection there is; new ones are let through. */
  drop(): void;
  close(): Promise<void>;
}

/** Upgrade and subscription; then only orders go up the account's socket, and pings, which are short. */
const OPENING_CHUNKS = 2;
const SHORTEST_ORDER = 100;

export async function openOrderGate(exchangeUrl: string): Promise<OrderGate> {
  const target = Number(new URL(exchangeUrl).port);
  const sockets = new Set<Socket>();
  let wanted: { readonly what: Interception; readonly met: (held: { release(): void }) => void } | undefined;

  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    const held: Buffer[] = [];
    let chunks = 0;
    let isAccount = false;
    let holding = false;
    let deaf = false;
    let clientEnded = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    const release = (): void => {
      holding = false;
      deaf = false;
      for (const chunk of held.splice(0)) upstream.write(chunk);
      if (clientEnded) upstream.end();
    };
    client.on('data', (chunk: Buffer) => {
      chunks += 1;
      if (chunks === 1) isAccount = chunk.subarray(0, 12).toString('latin1') === 'GET /ws-api/';
      if (wanted && isAccount && chunks > OPENING_CHUNKS && chunk.length >= SHORTEST_ORDER) {
        const { what, met } = wanted;
        wanted = undefined;
        holding = what === 'order on the way';
        deaf = what === 'answer lost';
        met({ release });
      }
      if (holding) held.push(chunk);
      else upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      if (!deaf) client.write(chunk);
    });
    // Whoever sent an order and died has still sent it.
    const left = (): void => {
      clientEnded = true;
      if (!holding) upstream.end();
    };
    client.on('end', left);
    client.on('error', left);
    upstream.on('end', () => client.end());
    upstream.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    intercept: (what) =>
      new Promise((met) => {
        wanted = { what, met };
      }),
    drop: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
