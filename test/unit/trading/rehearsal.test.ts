import { describe, expect, it } from 'vitest';
import type { Timeframe } from '../../../src/core/market-data/candle.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { ApprovedOrder } from '../../../src/core/risk/approved-order.ts';
import { price, quantity } from '../../../src/core/trading/money.ts';
import { createRehearsal } from '../../../src/core/trading/rehearsal.ts';
import { BAR, bar, scriptedModel, startEngine } from '../../support/engine-harness.ts';

describe('the rehearsal of a decision', () => {
  it('happens within a second of the close only, and at most every five milliseconds', () => {
    let times = 0;
    const rehearsal = createRehearsal(() => {
      times += 1;
    });
    rehearsal.heard(0, 1_001);
    expect(times).toBe(0);
    rehearsal.heard(10, 1_000);
    rehearsal.heard(14, 996);
    expect(times).toBe(1);
    rehearsal.heard(15, 995);
    expect(times).toBe(2);
  });

  it('that fails is no news', () => {
    const rehearsal = createRehearsal(() => {
      throw new Error('no prediction');
    });
    expect(() => rehearsal.heard(0, 0)).not.toThrow();
  });

  it('asks the model, and leaves orders, books, journal and counters as they were', async () => {
    let predictions = 0;
    const model = scriptedModel(() => {
      predictions += 1;
      return 0.9;
    });
    const { engine, exchange, play, decisions, intents, marked } = await startEngine({ model });
    await play(bar(1));
    const before = { predictions, state: engine.snapshot(), intents: intents.length, marked: marked.length };
    const open = {
      kind: 'candle',
      symbol: 'BTC/USDT',
      timeframe: '1m',
      closed: false,
      receivedAt: exchange.now,
    } as const;
    const at = epochMillis(3 * BAR - 500);
    engine.accept({ ...open, timeframe: '1m' as never, candle: bar(2, 50_000), at });
    const trade = { kind: 'trade', symbol: 'BTC/USDT', price: price('40000'), quantity: quantity('1') } as const;
    for (let n = 1; n <= 20; n += 1) engine.accept({ ...trade, at, receivedAt: exchange.now + n });
    await engine.idle();
    expect(predictions - before.predictions).toBe(4);
    expect(engine.snapshot()).toEqual(before.state);
    expect([intents.length, marked.length, decisions.length]).toEqual([before.intents, before.marked, 1]);
    expect(engine.counters.decisions).toBe(1);
  });

  it.each([
    ['buys where nothing is held', 0.1, 'buy'],
    ['sells where something is', 0.9, 'sell'],
  ] as const)('%s, whatever the model says, and hands that to be prepared only', async (_, probability, side) => {
    const model = scriptedModel(() => probability);
    const sync = { ...model, predictor: { ...model.predictor, predict: () => probability } };
    const rehearsed: ApprovedOrder[] = [];
    const { engine, exchange, play, intents } = await startEngine({
      model: sync,
      tamper: () => ({ rehearse: (order) => rehearsed.push(order) }),
    });
    await play(bar(1));
    const [state, sent] = [engine.snapshot(), intents.length];
    const at = epochMillis(3 * BAR - 500);
    const { now: receivedAt } = exchange;
    const market = { symbol: 'BTC/USDT', timeframe: '1m' as Timeframe, at, receivedAt };
    engine.accept({ ...market, kind: 'candle', closed: false, candle: bar(2) });
    engine.accept({ ...market, kind: 'trade', price: price('40000'), quantity: quantity('1') });
    await engine.idle();
    expect(rehearsed.map((order) => order.side)).toEqual([side]);
    expect(engine.snapshot()).toEqual(state);
    expect(intents).toHaveLength(sent);
  });
});
