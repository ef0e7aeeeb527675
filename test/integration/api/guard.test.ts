import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serveApi } from '../../../apps/api/serve-api.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { serveSeededSlot } from './served-slot.ts';

const BARS = { bars: 12 };

describe('the API keeps to this machine', () => {
  it('answers to localhost and loopback addresses with its port, and refuses every other name', async () => {
    const { ask, port } = await serveSeededSlot(BARS);
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, `LOCALHOST:${port}`]) {
      expect((await ask('/api/health', { headers: { host } })).status).toBe(200);
    }
    for (const host of [
      `evil.example:${port}`,
      'localhost',
      `localhost:${port + 1}`,
      `localhost.evil.example:${port}`,
    ]) {
      const { status, text } = await ask('/api/health', { headers: { host } });
      expect([host, status]).toEqual([host, 403]);
      expect(JSON.parse(text).error).toEqual({
        code: 'HOST_REFUSED',
        message: `Host must be localhost:${port} or 127.0.0.1:${port} or [::1]:${port}, was "${host}"`,
      });
    }
  });

  it('refuses requests of pages from elsewhere', async () => {
    const { ask, port } = await serveSeededSlot(BARS);
    expect((await ask('/api/health', { headers: { origin: `http://localhost:${port}` } })).status).toBe(200);
    for (const origin of [
      'https://evil.example',
      `https://localhost:${port}`,
      `http://localhost:${port + 1}`,
      'null',
    ]) {
      const { status, text } = await ask('/api/stream', { headers: { origin } });
      expect(status).toBe(403);
      expect(JSON.parse(text).error.code).toBe('ORIGIN_REFUSED');
    }
  });

  it('only reads, whoever asks: without a token the rest is refused before it is looked at', async () => {
    const { ask, token } = await serveSeededSlot(BARS);
    const { headers: admin } = await token({ role: 'admin' });
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      expect((await ask('/api/overview', { method })).status).toBe(401);
      const { status, headers, text } = await ask('/api/overview', { method, headers: admin });
      expect(status).toBe(405);
      expect(headers.allow).toBe('GET');
      expect(JSON.parse(text).error).toEqual({
        code: 'METHOD_REFUSED',
        message: `the method must be GET here, was ${method}`,
      });
    }
  });

  it('sends its security headers with everything, refusals too', async () => {
    const { ask } = await serveSeededSlot(BARS);
    const answers = await Promise.all([
      ask('/'),
      ask('/api/overview'),
      ask('/nothing'),
      ask('/', { headers: { host: 'evil.example' } }),
    ]);
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-frame-options']).toBe('DENY');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
    expect(answers[1].headers['cache-control']).toBe('no-store');
  });

  it('listens on no address but loopback', async () => {
    const { port } = await serveSeededSlot(BARS);
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((address) => address && !address.internal && address.family === 'IPv4');
    for (const address of outside) {
      const reached = await new Promise<boolean>((resolve) => {
        const socket = connect({ host: address?.address, port, timeout: 1_000 });
        socket
          .on('connect', () => resolve(true))
          .on('error', () => resolve(false))
          .on('timeout', () => resolve(false));
      });
      expect(reached).toBe(false);
    }
  });

  it('says which port is busy and how to choose another', async () => {
    const { port } = await serveSeededSlot(BARS);
    const second = serveApi(
      {
        port,
        rate: { burst: 1, perSecond: 1 },
        slot: 'paper:trend:BTC/USDT:1m' as never,
        venue: { paper: true, label: '' },
      },
      {} as never,
    );
    await expect(second).rejects.toMatchObject({
      code: 'PORT_BUSY',
      message: expect.stringMatching(new RegExp(`^port ${port} must be free.*--port`)),
    });
  });
});

describe('the page', () => {
  function built(): string {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'assets'));
    writeFileSync(join(directory, 'index.html'), '<title>Ares</title>');
    writeFileSync(join(directory, 'secret.json'), '{}');
    writeFileSync(join(directory, 'assets', 'index-1a.js'), 'void 0');
    return directory;
  }

  it('is served from where it was built, its assets for ever', async () => {
    const { ask } = await serveSeededSlot({ ...BARS, pageDirectory: built() });
    const page = await ask('/');
    expect(page).toMatchObject({ status: 200, text: '<title>Ares</title>' });
    expect(page.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
    const script = await ask('/assets/index-1a.js');
    expect(script.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': expect.stringContaining('immutable'),
    });
  });

  it('gives nothing but the files of a page', async () => {
    const { ask } = await serveSeededSlot({ ...BARS, pageDirectory: built() });
    for (const path of [
      '/secret.json',
      '/assets',
      '/assets/',
      '/assets/none.js',
      '/../package.json',
      '/assets/..%2findex.html',
      '/%2e%2e/%2e%2e/etc/passwd.html',
      '/.hidden.js',
      '//etc/x.js',
    ]) {
      expect([path, (await ask(path)).status]).toEqual([path, 404]);
    }
  });

  it('says how to build it when it is not built', async () => {
    const { ask } = await serveSeededSlot({ ...BARS, pageDirectory: join(temporaryDirectory(), 'none') });
    const { status, text, headers } = await ask('/');
    expect(status).toBe(503);
    expect(headers['content-type']).toContain('text/html');
    expect(text).toContain('npm run prestart');
  });
});
