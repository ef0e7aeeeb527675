import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { LONGEST_FRAME, textFrame } from '../../../src/adapters/exchange/text-frame.ts';

const UPGRADE = [
  'GET / HTTP/1.1',
  'Host: local',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

describe('textFrame', () => {
  const received: string[] = [];
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  let socket: Socket;
  const failures: unknown[] = [];

  beforeAll(async () => {
    server.on('connection', (client) => {
      client.on('message', (data) => received.push(String(data)));
      client.on('error', (error) => failures.push(error));
    });
    if (server.address() === null) await once(server, 'listening');
    socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(`${UPGRADE.join('\r\n')}\r\n\r\n`);
    await once(socket, 'data');
  });
  afterAll(() => {
    socket.destroy();
    server.close();
  });

  it('is read by a server as the text it was, of any length and in any letters', async () => {
    const lengths = [0, 1, 2, 3, 4, 5, 124, 125, 126, 127, 400, 21_845, LONGEST_FRAME];
    const texts = [
      ...lengths.map((length) => 'x'.repeat(length)),
      ...fc.sample(fc.string({ unit: 'grapheme', maxLength: 500, size: 'max' }), 1_500),
    ];
    for (const text of texts) socket.write(textFrame(text));
    const last = 'that was the last';
    socket.write(textFrame(last));
    while (received.at(-1) !== last && failures.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(failures).toEqual([]);
    expect(received).toEqual([...texts, last]);
  });

  it('masks every frame anew', () => {
    const frames = Array.from({ length: 3_000 }, () => textFrame('the same').toString('hex'));
    expect(new Set(frames).size).toBeGreaterThan(2_990);
  });
});
