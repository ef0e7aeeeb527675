import { describe, expect, it } from 'vitest';
import { newEvent } from '../../../src/core/events/catalogue.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import { SEEDED_SLOT } from '../../support/seeded-slot.ts';
import { serveSeededSlot } from './served-slot.ts';

describe('the API answers', () => {
  it('with the overview of a traded slot', async () => {
    const { get, slot } = await serveSeededSlot();
    const overview = await get('/api/overview');
    expect(overview).toMatchObject({
      slot: { id: SEEDED_SLOT, symbol: 'BTC/USDT' },
      venue: { paper: true },
      trading: { state: 'ACTIVE' },
      market: { time: slot.marketTime() },
      model: { runId: 'run-2' },
      trader: { alive: true, runId: 'run-2' },
      account: { budget: '10000', trades: 5 },
    });
    const { points } = await get('/api/equity');
    expect(points.at(-1)).toMatchObject({ at: overview.market.time, equity: overview.account.equity });
  });

  it('with candles as the market has them', async () => {
    const { get } = await serveSeededSlot();
    const { candles, problem } = await get('/api/candles');
    expect(problem).toBeNull();
    expect(candles).toHaveLength(60);
    expect(await get('/api/candles?limit=3')).toEqual({ candles: candles.slice(-3), problem: null });
  });

  it('with a reason in place of candles when the market is away', async () => {
    const { get, marketData } = await serveSeededSlot({ bars: 12 });
    marketData.problem = new Error('the exchange is away');
    expect(await get('/api/candles')).toEqual({ candles: [], problem: 'the exchange is away' });
  });

  it('with trades and the bars from which another model decided', async () => {
    const { get } = await serveSeededSlot();
    const { trades, swaps } = await get('/api/trades?limit=2');
    expect(trades.map(({ side }: { side: string }) => side)).toEqual(['sell', 'buy']);
    expect(swaps.map(({ runId }: { runId: string }) => runId)).toEqual(['run-1', 'run-2']);
    expect(trades[0]).toMatchObject({ runId: 'run-2', probability: 0.44, realisedPnl: expect.stringMatching(/^-?\d/) });
  });

  it('with models, all or of one state', async () => {
    const { get } = await serveSeededSlot();
    const runs = async (path: string) => (await get(path)).models.map(({ runId }: { runId: string }) => runId);
    expect(await runs('/api/models')).toEqual(['run-2', 'run-1']);
    expect(await runs('/api/models?state=archived')).toEqual(['run-1']);
    expect(await runs('/api/models?state=candidate')).toEqual([]);
  });

  it('with events page by page, each once, newest first', async () => {
    const { get } = await serveSeededSlot();
    const seen: number[] = [];
    let before = '';
    do {
      const { events, next } = await get(`/api/events?limit=3${before}`);
      seen.push(...events.map(({ position }: { position: number }) => position));
      before = next === null ? '' : `&before=${next}`;
    } while (before !== '');
    expect(seen).toEqual(seen.toSorted((a, b) => b - a));
    expect(new Set(seen).size).toBe(9);
    const { events } = await get('/api/events');
    expect(events[0]).toMatchObject({
      type: 'TradeExecuted',
      published: false,
      text: expect.stringMatching(/^bought .* BTC at .* USDT$/),
    });
  });

  it('with audit entries page by page, and whether the chain holds', async () => {
    const { get } = await serveSeededSlot();
    const whole = await get('/api/audit?limit=1000');
    expect(whole.chain).toMatchObject({ state: 'valid', entries: whole.entries.length, problem: null });
    const seen: string[] = [];
    let after = '';
    do {
      const { entries, next } = await get(`/api/audit?limit=4${after}`);
      seen.push(...entries.map(({ id }: { id: string }) => id));
      after = next === null ? '' : `&after=${encodeURIComponent(next)}`;
    } while (after !== '');
    expect(seen).toEqual(whole.entries.map(({ id }: { id: string }) => id));
    const promoted = await get('/api/audit?stream=models&type=ModelPromoted&user=check-promotion');
    expect(promoted.entries).toHaveLength(2);
    const [entry] = promoted.entries;
    expect(entry.details).toMatchObject({ runId: 'run-2', to: 'production' });
    const about = async (query: string) =>
      (await get(`/api/audit?stream=models&${query}`)).entries.map(
        ({ details }: { details: { runId: string } }) => details.runId,
      );
    expect(new Set(await about('about=run-2'))).toEqual(new Set(['run-2']));
    expect(new Set(await about('about=run-1%0Arun-2'))).toEqual(new Set(['run-1', 'run-2']));
    expect(await about('about=run-3')).toEqual([]);
    expect((await get(`/api/audit?from=${entry.timestamp}&to=${entry.timestamp}&type=ModelPromoted`)).entries).toEqual([
      entry,
    ]);
  });

  it('with health', async () => {
    const { get } = await serveSeededSlot({ bars: 12 });
    expect(await get('/api/health')).toMatchObject({
      status: 'unknown',
      reason: 'the system was never checked',
      checks: [],
      alarms: [],
    });
  });

  it('naming each parameter that is wrong, what it must be and what it was', async () => {
    const { ask } = await serveSeededSlot({ bars: 12 });
    const cases = [
      ['/api/candles?limit=abc', 'limit must be a whole number from 1 to 500, was "abc"'],
      ['/api/trades?limit=501', 'limit must be a whole number from 1 to 500, was "501"'],
      [
        '/api/events?limit=0&before=-1',
        'limit must be a whole number from 1 to 1000, was "0"; before must be a whole number from 1 to 999999999999999, was "-1"',
      ],
      [
        '/api/models?state=dead',
        'state must be candidate, production, standby, archived, evaluated_inferior, was "dead"',
      ],
      ['/api/overview?limit=3', 'parameters must be among: none; was "limit"'],
      ['/api/audit?after=x', 'after must be the "next" of an earlier page, was "x"'],
      [
        '/api/audit?colour=red',
        'parameters must be among: limit, stream, type, user, about, from, to, after; was "colour"',
      ],
    ] as const;
    for (const [path, message] of cases) {
      const { status, text } = await ask(path);
      expect(JSON.parse(text)).toEqual({ error: { code: 'QUERY_INVALID', message } });
      expect(status).toBe(400);
    }
    expect(JSON.parse((await ask('/api/none')).text).error).toEqual({
      code: 'NOT_FOUND',
      message: 'there is nothing at /api/none',
    });
  });

  it('with an error that names the item when the ledger holds something unreadable, and logs it', async () => {
    const { ask, ledger, log } = await serveSeededSlot({ bars: 12 });
    await ledger.append([{ key: keys.heartbeat(SEEDED_SLOT), value: { at: 'noon' } }]);
    const { status, text } = await ask('/api/overview');
    expect(status).toBe(500);
    expect(JSON.parse(text).error).toMatchObject({
      code: 'LEDGER_ITEM_INVALID',
      message: expect.stringContaining(`heartbeats/${SEEDED_SLOT}`),
    });
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('with events of another release in the words they came in', async () => {
    const { get, database } = await serveSeededSlot({ bars: 12 });
    const event = newEvent(
      'ComponentStarted',
      { id: 'e', version: 1, occurredAt: 1, correlationId: 'c', causationId: null, slot: null, sequence: 1 },
      { component: 'a', instance: 'b' },
    );
    database
      .prepare('INSERT INTO outbox (id, envelope, published) VALUES (?, ?, 1)')
      .run('e', JSON.stringify({ ...event, detailType: 'Unheard' }));
    expect((await get('/api/events?limit=1')).events[0]).toMatchObject({
      published: true,
      text: 'Unheard from ares.system, which this release cannot read',
    });
  });
});
