import { describe, expect, it } from 'vitest';
import { applyDashboardChange, type Dashboard, type DashboardMessage } from '../../../src/core/dashboard/dashboard.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import { SEEDED_SLOT } from '../../support/seeded-slot.ts';
import { serveSeededSlot } from './served-slot.ts';

/** Reads a stream message by message. */
async function openStream(port: number) {
  const abort = new AbortController();
  const response = await fetch(`http://127.0.0.1:${port}/api/stream`, { signal: abort.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw new Error('there must be a body');
  let text = '';
  let known: Dashboard | undefined;
  const take = (message: DashboardMessage): DashboardMessage => {
    if (message.kind === 'snapshot') known = message.dashboard;
    if (message.kind === 'change' && known) known = applyDashboardChange(known, message.change);
    return message;
  };
  const next = async (): Promise<DashboardMessage | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end !== -1) {
        const frame = text.slice(0, end);
        text = text.slice(end + 2);
        const data = frame.split('\n').find((line) => line.startsWith('data: '));
        if (data) return take(JSON.parse(data.slice(6)));
        continue;
      }
      const { done, value } = await reader.read();
      if (done) return undefined;
      text += value;
    }
  };
  /** Applies messages until the dashboard is as wanted. */
  const until = async (wanted: (dashboard: Dashboard) => boolean): Promise<Dashboard> => {
    for (;;) {
      if (known && wanted(known)) return known;
      if (!(await next())) throw new Error('the stream ended');
    }
  };
  return { response, next, until, leave: () => abort.abort() };
}

describe('the stream', () => {
  it('begins with everything and goes on with what changes, so that the page is always as the API is', async () => {
    const { port, step, get } = await serveSeededSlot();
    const stream = await openStream(port);
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const first = await stream.until(
      ({ candles, auditState }) => candles.length === 60 && auditState.state === 'valid',
    );
    expect(first.trades).toHaveLength(5);
    await step();
    await step();
    const later = await stream.until(({ candles }) => candles.length === 62);
    expect(later.overview.market?.time).toBe((later.candles.at(-1)?.openTime ?? 0) + 60_000);
    expect(later.equity).toEqual((await get('/api/equity')).points);
    expect(later.trades).toEqual((await get('/api/trades')).trades);
    expect(later.candles).toEqual((await get('/api/candles')).candles);
    expect(later.models).toEqual((await get('/api/models')).models);
    stream.leave();
  });

  it('says nothing while nothing changes', async () => {
    const { port } = await serveSeededSlot({ bars: 12 });
    const stream = await openStream(port);
    await stream.until(({ candles, auditState }) => candles.length === 12 && auditState.state === 'valid');
    const silence = new Promise((resolve) => setTimeout(() => resolve('silence'), 2_500));
    expect(await Promise.race([stream.next(), silence])).toBe('silence');
    stream.leave();
  });

  it('gives each who comes later everything first', async () => {
    const { port, step } = await serveSeededSlot({ bars: 12 });
    const early = await openStream(port);
    await early.until(({ candles }) => candles.length === 12);
    await step();
    const late = await openStream(port);
    expect(await late.next()).toMatchObject({ kind: 'snapshot' });
    const both = await Promise.all([early, late].map((stream) => stream.until(({ candles }) => candles.length === 13)));
    expect(both[0]).toEqual(both[1]);
    early.leave();
    late.leave();
  });

  it('says why it cannot read, and sends everything anew when it can again', async () => {
    const { port, ledger, slot, log } = await serveSeededSlot({ bars: 12 });
    const stream = await openStream(port);
    expect(await stream.next()).toMatchObject({ kind: 'snapshot' });
    await ledger.append([{ key: keys.heartbeat(SEEDED_SLOT), value: {} }]);
    let message = await stream.next();
    while (message?.kind === 'change') message = await stream.next();
    expect(message).toMatchObject({ kind: 'trouble', message: expect.stringContaining(`heartbeats/${SEEDED_SLOT}`) });
    await slot.beat();
    expect(await stream.next()).toMatchObject({ kind: 'snapshot' });
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    stream.leave();
  });

  it('stops reading when nobody watches any more', async () => {
    const { port, ledger } = await serveSeededSlot({ bars: 12 });
    let reads = 0;
    const get = ledger.get.bind(ledger);
    ledger.get = (key) => {
      reads += 1;
      return get(key);
    };
    const stream = await openStream(port);
    await stream.next();
    stream.leave();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const then = reads;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(reads).toBe(then);
  });

  it('refuses more watchers than it can serve, and takes another when one has left', async () => {
    const { port, ask } = await serveSeededSlot({ bars: 12 });
    const streams = await Promise.all(Array.from({ length: 32 }, () => openStream(port)));
    const refused = await ask('/api/stream');
    expect(refused.status).toBe(503);
    expect(JSON.parse(refused.text).error.code).toBe('TOO_MANY_STREAMS');
    streams[0]?.leave();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const another = await openStream(port);
    expect(another.response.status).toBe(200);
    for (const stream of [...streams, another]) stream.leave();
  });

  it('ends in order when the server is closed', async () => {
    const { port, close } = await serveSeededSlot({ bars: 12 });
    const stream = await openStream(port);
    await stream.next();
    const ended = (async () => {
      while (await stream.next()) {
        // What was under way still comes.
      }
      return 'ended';
    })().catch(() => 'cut off');
    const began = performance.now();
    await close();
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(await ended).toBe('ended');
    await expect(fetch(`http://127.0.0.1:${port}/api/health`)).rejects.toThrow();
  });
});
