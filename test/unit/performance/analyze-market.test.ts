import { describe, expect, it } from 'vitest';
import { AresError } from '../../../src/core/ares-error.ts';
import { aresCore } from '../../../src/core/features/ares-core.ts';
import { createFeatureComputer } from '../../../src/core/features/feature-computer.ts';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { ensureSlot } from '../../../src/core/models/slot-registry.ts';
import { analyzeMarket } from '../../../src/core/performance/analyze-market.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { SLOT } from '../../support/model-desk.ts';
import { bar, MINUTE, openAnalystDesk, openLoader, wave } from './analyst-desk.ts';

const numbers = (predictions: readonly { readonly openTime: number }[]) =>
  predictions.map(({ openTime }) => (openTime - bar(0)) / MINUTE);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('predicting', () => {
  it('predicts every bar that closed since the model came into production, each once, in one batch a call', async () => {
    const desk = await openAnalystDesk();
    await desk.deploy('one', 600);
    expect(await desk.analyze(615)).toEqual({ slot: SLOT, predicted: 15, matched: 10, unmatched: 0, skipped: 0 });
    expect(await desk.analyze(630)).toEqual({ slot: SLOT, predicted: 15, matched: 15, unmatched: 0, skipped: 0 });
    expect(numbers(await desk.predictions('one'))).toEqual(range(600, 630));
    expect(desk.loader.seen).toEqual({ loads: 1, released: [], batches: [15, 15] });
  });

  it('gives each bar the bits that a trader which followed every bar gives it', async () => {
    const desk = await openAnalystDesk();
    await desk.deploy('one', 700);
    for (const n of [715, 730, 760]) await desk.analyze(n);
    const computer = createFeatureComputer(aresCore, timeframe('1m'));
    const predictor = await desk.loader.predictorLoader.load(await desk.modelStore.get(await desk.deploy('one', 700)));
    const expected: number[] = [];
    for (const n of range(0, 760)) {
      const row = computer.close(wave(n));
      if (n >= 700) expected.push(await predictor.predict(row as Float32Array));
    }
    expect((await desk.predictions('one')).map(({ p }) => p)).toEqual(expected);
  });

  it('takes the columns in the order of the model', async () => {
    const desk = await openAnalystDesk();
    const features = [...aresCore.features].reverse().slice(0, 7);
    await desk.deploy('few', 600, { features });
    await desk.analyze(601);
    const computer = createFeatureComputer(aresCore, timeframe('1m'));
    let row: Float32Array | undefined;
    for (const n of range(0, 601)) row = computer.close(wave(n));
    const sum = features.reduce(
      (s, name, i) => s + Math.fround(row?.[aresCore.features.indexOf(name)] as number) * (i + 1),
      0,
    );
    expect((await desk.predictions('few'))[0]?.p).toBe(Math.fround(0.5 + 0.5 * Math.sin(sum)));
  });

  it('reads only the bars since while they continue, and the whole history after a restart, with the same result', async () => {
    const steady = await openAnalystDesk();
    const restarted = await openAnalystDesk();
    for (const desk of [steady, restarted]) await desk.deploy('one', 600);
    for (const n of [615, 630, 645]) {
      await steady.analyze(n);
      restarted.loader = openLoader();
      await restarted.analyze(n);
    }
    expect(steady.market.requests.map(({ limit }) => limit)).toEqual([495, 15, 15]);
    expect(restarted.market.requests.map(({ limit }) => limit)).toEqual([495, 495, 495]);
    expect(await steady.predictions('one')).toEqual(await restarted.predictions('one'));
  });

  it('begins anew where the bars do not continue, and predicts again as soon as there is history enough', async () => {
    const desk = await openAnalystDesk();
    await desk.deploy('one', 600);
    await desk.analyze(615);
    desk.market.missing.add(615);
    expect(await desk.analyze(630)).toMatchObject({ predicted: 14 });
    expect(desk.market.requests.map(({ limit }) => limit)).toEqual([495, 15, 495]);
    expect(numbers(await desk.predictions('one'))).not.toContain(615);
  });

  it('waits for bars that the exchange does not have yet', async () => {
    const desk = await openAnalystDesk();
    await desk.deploy('one', 600);
    await desk.analyze(615);
    desk.market.closeBars(615);
    expect(await analyzeMarket(desk.at(630), desk.ports())).toMatchObject([{ predicted: 0 }]);
    expect(desk.market.requests.map(({ limit }) => limit)).toEqual([495, 15, 6]);
    expect(await desk.analyze(630)).toMatchObject({ predicted: 15 });
  });

  it('does not read a stretch without rows over and over', async () => {
    const desk = await openAnalystDesk();
    for (const n of range(300, 700)) desk.market.missing.add(n);
    await desk.deploy('one', 700);
    expect(await desk.analyze(715)).toMatchObject({ predicted: 0 });
    expect(await desk.analyze(730)).toMatchObject({ predicted: 0 });
    expect(desk.market.requests.map(({ limit }) => limit)).toEqual([495, 15]);
  });

  it('leaves out bars that are too far back to be read with their history, and says how many', async () => {
    const desk = await openAnalystDesk();
    await desk.deploy('one', 600);
    await desk.analyze(615);
    expect(await desk.analyze(3_000)).toMatchObject({ predicted: 520, skipped: 1_865 });
    expect(desk.market.requests.every(({ limit }) => limit <= 1_000)).toBe(true);
    expect(numbers(await desk.predictions('one')).at(-1)).toBe(2_999);
  });

  it('leaves out bars that the model was trained on', async () => {
    const desk = await openAnalystDesk();
    await desk.deploy('one', 600, { trainingWindow: { from: bar(0), to: bar(609) } });
    await desk.analyze(615);
    expect(numbers(await desk.predictions('one'))).toEqual(range(610, 615));
  });

  it('has nothing to do without a champion, and nothing before the first bar in production has closed', async () => {
    const desk = await openAnalystDesk();
    expect(await desk.analyze(600)).toEqual({ slot: SLOT, predicted: 0, matched: 0, unmatched: 0, skipped: 0 });
    await desk.deploy('one', 600);
    expect(await desk.analyze(600)).toMatchObject({ predicted: 0 });
    expect(desk.market.requests).toEqual([]);
  });

  it('begins with the newest bar when the promotion carries a time that the market has not reached', async () => {
    const desk = await openAnalystDesk();
    await desk.deploy('one', 9_000_000);
    await desk.analyze(615);
    expect(numbers(await desk.predictions('one'))).toEqual([614]);
  });

  it('follows a promotion: the new model from its promotion on, the old one released, its last outcomes still matched', async () => {
    const desk = await openAnalystDesk();
    const old = await desk.deploy('one', 600);
    await desk.analyze(615);
    await desk.deploy('two', 618);
    expect(await desk.analyze(630)).toMatchObject({ predicted: 12, matched: 12 });
    expect(desk.loader.seen.released).toEqual([old]);
    expect(numbers(await desk.predictions('two'))).toEqual(range(618, 630));
    expect((await desk.predictions('one')).every(({ outcome }) => outcome?.status === 'matched')).toBe(true);
  });

  it('gives a new model its own columns, also where the bars continue', async () => {
    const desk = await openAnalystDesk();
    const alone = await openAnalystDesk();
    const features = [...aresCore.features].reverse().slice(0, 7);
    await desk.deploy('one', 600);
    await desk.analyze(615);
    for (const each of [desk, alone]) {
      await each.deploy('two', 615, { features });
      await each.analyze(630);
    }
    expect(await desk.predictions('two')).toEqual(await alone.predictions('two'));
  });

  it('does not predict for a model that came back what it was not in production for', async () => {
    const desk = await openAnalystDesk();
    await desk.deploy('one', 600);
    await desk.analyze(605);
    await desk.deploy('two', 605);
    await desk.analyze(610);
    await desk.deploy('one', 610);
    await desk.analyze(615);
    expect(numbers(await desk.predictions('one'))).toEqual([...range(600, 605), ...range(610, 615)]);
    expect(numbers(await desk.predictions('two'))).toEqual(range(605, 610));
  });
});

describe('scoring', () => {
  it('matches a prediction with the close exactly one horizon later', async () => {
    const desk = await openAnalystDesk();
    await desk.deploy('one', 600);
    await desk.analyze(615);
    const [first, ...rest] = await desk.predictions('one');
    const [before, after] = [wave(600).close, wave(605).close];
    expect(first).toMatchObject({ runId: 'one', openTime: bar(600), barClose: bar(601), horizon: 5, close: before });
    expect(first?.outcome).toEqual({
      status: 'matched',
      close: after,
      return: after / before - 1,
      up: after > before,
      correct: (first?.p as number) > 0.5 === after > before,
    });
    expect(rest.filter(({ outcome }) => outcome === null).map(({ openTime }) => openTime)).toEqual(
      range(610, 615).map(bar),
    );
    expect(await desk.pending()).toHaveLength(5);
  });

  it('calls a prediction unmatched when the exchange has later bars and not the one that decides', async () => {
    const desk = await openAnalystDesk();
    desk.market.missing.add(607);
    await desk.deploy('one', 600);
    expect(await desk.analyze(615)).toMatchObject({ matched: 8, unmatched: 1 });
    const undecided = (await desk.predictions('one')).find(({ openTime }) => openTime === bar(602));
    expect(undecided?.outcome).toEqual({ status: 'unmatched' });
    expect(numbers(await desk.pending())).not.toContain(602);
  });

  it('scores what an interruption left behind, reading the bars that decide', async () => {
    const desk = await openAnalystDesk();
    await desk.deploy('one', 600);
    await desk.analyze(615);
    desk.loader = openLoader();
    await desk.analyze(3_000);
    const early = (await desk.predictions('one')).filter(({ openTime }) => openTime < bar(615));
    expect(early.map(({ outcome }) => outcome?.status)).toEqual(early.map(() => 'matched'));
    expect(desk.market.requests.at(-1)).toEqual({ since: bar(615), limit: 6 });
  });

  it('waits where the exchange has no bars to decide with', async () => {
    const desk = await openAnalystDesk();
    await desk.deploy('one', 600);
    await desk.analyze(615);
    desk.loader = openLoader();
    desk.market.closeBars(0);
    expect(await analyzeMarket(desk.at(630), desk.ports())).toMatchObject([{ predicted: 0, matched: 0, unmatched: 0 }]);
    expect(await desk.pending()).toHaveLength(5);
  });
});

describe('delivery', () => {
  it('writes the same when it is delivered again, also by two instances at once', async () => {
    const once = await openAnalystDesk();
    const often = await openAnalystDesk();
    for (const desk of [once, often]) await desk.deploy('one', 600);
    for (const n of [615, 630]) {
      await once.analyze(n);
      often.market.closeBars(n);
      const other = { ...often.ports(), predictorLoader: openLoader().predictorLoader };
      await Promise.all([often.analyze(n), often.analyze(n), analyzeMarket(often.at(n), other)]);
      await often.analyze(n);
    }
    expect(await often.predictions('one')).toEqual(await once.predictions('one'));
    expect(await often.pending()).toEqual(await once.pending());
  });

  it('predicts the same bars again when the ledger did not take them', async () => {
    const desk = await openAnalystDesk();
    await desk.deploy('one', 600);
    await desk.analyze(615);
    const { append } = desk.ledger;
    desk.ledger.append = () => Promise.reject(new AresError('LEDGER_UNAVAILABLE', 'the ledger must answer, did not'));
    await expect(desk.analyze(630)).rejects.toThrowError(/the ledger must answer/);
    desk.ledger.append = append;
    expect(await desk.analyze(630)).toMatchObject({ predicted: 15 });
    expect(numbers(await desk.predictions('one'))).toEqual(range(600, 630));
  });
});

describe('faults', () => {
  it('names the slot whose model is gone, after the other slots are done', async () => {
    const desk = await openAnalystDesk();
    const other = 'paper:other:ETH/USDT:1m' as SlotId;
    await ensureSlot(desk.ledger, other, epochMillis(0));
    desk.modelStore.lose(await desk.deploy('one', 600));
    desk.market.closeBars(615);
    const failed = await analyzeMarket(desk.at(615), desk.ports()).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code: 'ANALYSIS_FAILED',
      data: { slots: [SLOT] },
      cause: { code: 'MODEL_MISSING' },
    });
  });

  it.each([
    [
      'a feature set this build does not compute',
      { featureSet: { name: 'other', version: 3 } },
      /feature set must be known, was other version 3/,
    ],
    ['a feature the set does not have', { features: ['moon_phase'] }, /moon_phase/],
    ['another timeframe', { timeframe: '5m' }, /timeframe must be 1m, was 5m/],
  ])('refuses a model with %s, without loading it', async (_, signature, message) => {
    const desk = await openAnalystDesk();
    await desk.deploy('one', 600, signature);
    await expect(desk.analyze(615)).rejects.toThrowError(message);
    expect(desk.loader.seen.loads).toBe(0);
  });

  it('goes on after a failed analysis', async () => {
    const desk = await openAnalystDesk();
    const hash = await desk.deploy('one', 600);
    const bytes = await desk.modelStore.get(hash);
    desk.modelStore.lose(hash);
    await expect(desk.analyze(615)).rejects.toThrowError(AresError);
    await desk.modelStore.put(bytes);
    expect(await desk.analyze(630)).toMatchObject({ predicted: 30 });
  });

  it('names a stored prediction that is none', async () => {
    const desk = await openAnalystDesk();
    await desk.deploy('one', 600);
    await desk.analyze(615);
    const [item] = (
      await desk.ledger.query({ table: 'state', pk: `predictions#${SLOT}#one`, order: 'descending', limit: 1 })
    ).items;
    await desk.ledger.append([{ key: (item as NonNullable<typeof item>).key, value: { p: 'high' } }]);
    await expect(desk.analyze(630)).rejects.toThrowError(/prediction predictions#.*p/s);
  });
});
