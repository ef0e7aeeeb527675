import { beforeEach, describe, expect, test } from 'vitest';
import { updateConfig } from '../../../src/core/config/update-config.ts';
import type { Invocation } from '../../../src/core/events/invocation.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { checkPromotion } from '../../../src/core/promotion/check-promotion.ts';
import { sampleBytes } from '../../support/model-bytes.ts';
import { type ModelDesk, openModelDesk, SLOT } from '../../support/model-desk.ts';

const OTHER_BARS = { from: 5_000, to: 6_000, rows: 500 };

describe('the promotion check', () => {
  let desk: ModelDesk;
  beforeEach(() => {
    desk = openModelDesk();
  });

  const outcomes = async (invocation?: Invocation) =>
    (await desk.check(invocation)).slots.flatMap(({ candidates }) =>
      candidates.map(({ runId, outcome }) => `${runId} ${outcome}`),
    );
  const states = async () =>
    Object.fromEntries((await desk.models()).map(({ runId, state }): [string, string] => [runId, state]));
  const manualFirst = () =>
    updateConfig({ ...desk.command(), patch: { promotion: { firstModel: 'manual' } } }, desk.ports);

  test('does nothing where there is nothing', async () => {
    expect(await desk.check()).toEqual({ slots: [] });
    await desk.register('run-1', 0.5);
    await desk.check();
    expect(await desk.check()).toEqual({ slots: [{ slot: SLOT, candidates: [] }] });
  });

  test('promotes the best and finds the others inferior, each in one transaction with audit and event', async () => {
    await desk.register('worse', 0.5);
    await desk.register('best', 0.6);
    expect(await outcomes()).toEqual(['best promoted', 'worse evaluated_inferior']);
    expect(await states()).toEqual({ best: 'production', worse: 'evaluated_inferior' });
    const best = await desk.model('best');
    expect(best).toMatchObject({ promotedAt: 10_003, stateChangedAt: 10_003, reason: 'first champion, accuracy 0.6' });
    expect(await desk.deployment()).toEqual({
      slot: SLOT,
      version: 4,
      championRunId: 'best',
      championHash: best.modelHash,
      standbyRunId: null,
      history: [],
      lastChange: { token: `command-3:${SLOT}:best:promoted`, change: 'promoted', runId: 'best', previousRunId: null },
    });
    expect(desk.events().slice(2)).toEqual([
      {
        name: 'ModelUpdated',
        metadata: {
          id: `command-3:${SLOT}:best:promoted:0`,
          version: 1,
          occurredAt: 10_003,
          correlationId: 'command-3',
          causationId: 'command-3',
          slot: SLOT,
          sequence: 3,
        },
        data: { change: 'promoted', runId: 'best', modelHash: best.modelHash, previousRunId: null },
      },
      expect.objectContaining({
        name: 'CandidateEvaluated',
        metadata: expect.objectContaining({ sequence: 4 }),
        data: {
          runId: 'worse',
          championRunId: 'best',
          metric: 'accuracy',
          candidateValue: 0.5,
          championValue: 0.6,
          reason: "accuracy must be greater than the champion's, was 0.5 against 0.6 of champion best",
        },
      }),
    ]);
    expect((await desk.audit()).slice(2)).toEqual([
      expect.objectContaining({
        eventType: 'ModelPromoted',
        user: 'check-promotion',
        details: expect.objectContaining({
          runId: 'best',
          from: 'candidate',
          to: 'production',
          policy: 'metric',
          overruled: false,
        }),
      }),
      expect.objectContaining({
        eventType: 'CandidateEvaluated',
        details: expect.objectContaining({
          runId: 'worse',
          from: 'candidate',
          to: 'evaluated_inferior',
          championRunId: 'best',
        }),
      }),
    ]);
    expect(await desk.auditValid()).toBe(true);
  });

  test('archives the champion that is replaced, and remembers the way back', async () => {
    await desk.register('first', 0.5);
    await desk.check();
    await desk.register('second', 0.6);
    expect(await outcomes()).toEqual(['second promoted']);
    expect(await states()).toEqual({ first: 'archived', second: 'production' });
    expect((await desk.model('first')).reason).toBe('replaced by second');
    expect(await desk.deployment()).toMatchObject({ championRunId: 'second', history: ['first'] });
    expect(desk.events().at(-1)?.data).toMatchObject({ change: 'promoted', runId: 'second', previousRunId: 'first' });
    expect((await desk.audit()).slice(-2).map(({ eventType }) => eventType)).toEqual([
      'ModelPromoted',
      'ModelArchived',
    ]);
  });

  test('leaves a candidate measured on other bars waiting, and says why once', async () => {
    await desk.register('champion', 0.5);
    await desk.check();
    await desk.register('elsewhere', 0.9, { evaluation: OTHER_BARS });
    expect(await outcomes()).toEqual(['elsewhere not_comparable']);
    const { state, waiting } = await desk.model('elsewhere');
    expect(state).toBe('candidate');
    expect(waiting).toEqual({
      championRunId: 'champion',
      reason: expect.stringContaining("must be measured on the champion's bars"),
    });
    const entries = await desk.audit();
    expect(entries.at(-1)).toMatchObject({
      eventType: 'CandidateWaits',
      details: { from: 'candidate', to: 'candidate', finding: waiting?.reason },
    });
    const before = { events: desk.ledger.events.length, entries: entries.length };
    expect(await outcomes()).toEqual(['elsewhere not_comparable']);
    expect({ events: desk.ledger.events.length, entries: (await desk.audit()).length }).toEqual(before);
  });

  test('says it again when the candidate waits for another champion', async () => {
    await desk.register('champion', 0.5);
    await desk.check();
    await desk.register('bare');
    await desk.check();
    await desk.register('next', 0.6);
    await desk.check();
    const notes = (await desk.audit()).filter(({ eventType }) => eventType === 'CandidateWaits');
    expect(notes.map(({ details }) => details.championRunId)).toEqual(['champion', 'next']);
  });

  test('compares a waiting candidate as soon as the champion is measured on its bars', async () => {
    await desk.register('champion', 0.5);
    await desk.check();
    await desk.register('elsewhere-best', 0.9, { evaluation: OTHER_BARS });
    await desk.register('elsewhere-good', 0.8, { evaluation: OTHER_BARS });
    expect(await outcomes()).toEqual(['elsewhere-best not_comparable', 'elsewhere-good not_comparable']);
    await desk.promote('elsewhere-good');
    expect(await outcomes()).toEqual(['elsewhere-best promoted']);
  });

  test('leaves the first model to a person when configured so, and goes on by itself after that', async () => {
    await manualFirst();
    await desk.register('a', 0.6);
    await desk.register('b', 0.7);
    expect(await outcomes()).toEqual(['b manual', 'a manual']);
    expect((await desk.model('b')).waiting).toMatchObject({ championRunId: null });
    expect(await desk.promote('a')).toMatchObject({ outcome: 'promoted', overruled: false });
    expect(await outcomes()).toEqual(['b promoted']);
    expect((await desk.model('b')).waiting).toBeNull();
  });

  test.each([
    ['missing', 'lose', 'MODEL_MISSING'],
    ['corrupt', 'damage', 'MODEL_CORRUPT'],
  ] as const)(
    'archives a better candidate whose bytes are %s, raises SystemError and takes the next',
    async (what, harm, code) => {
      await desk.register('broken', 0.9);
      await desk.register('whole', 0.5);
      desk.modelStore[harm]((await desk.model('broken')).modelHash);
      expect(await outcomes()).toEqual(['broken unloadable', 'whole promoted']);
      expect(await desk.model('broken')).toMatchObject({ state: 'archived', reason: `bytes ${what}` });
      expect(desk.events().find(({ name }) => name === 'SystemError')).toMatchObject({
        metadata: { slot: SLOT, sequence: 3 },
        data: { component: 'promotion', code, message: expect.stringContaining('broken must have loadable bytes') },
      });
      expect(await desk.audit()).toContainEqual(
        expect.objectContaining({
          eventType: 'ModelArchived',
          details: expect.objectContaining({ runId: 'broken', code }),
        }),
      );
    },
  );

  test('an unreachable model store says nothing about a candidate: the check fails and can be repeated', async () => {
    await desk.register('run-1', 0.5);
    const invocation = desk.scheduled();
    const unreachable = { ...desk.modelStore, get: () => Promise.reject(new Error('connection reset')) };
    const failed = checkPromotion(invocation, { ledger: desk.ledger, modelStore: unreachable });
    await expect(failed).rejects.toMatchObject({
      code: 'PROMOTION_INCOMPLETE',
      message: `candidates of ${SLOT} must be decided: connection reset`,
      data: { slots: [SLOT] },
    });
    expect(await states()).toEqual({ 'run-1': 'candidate' });
    expect(await outcomes(invocation)).toEqual(['run-1 promoted']);
  });

  test('a fault of the store that is no finding about the bytes is not taken for one', async () => {
    await desk.register('run-1', 0.5);
    const { AresError } = await import('../../../src/core/ares-error.ts');
    const refusing = { ...desk.modelStore, get: () => Promise.reject(new AresError('STORE_DENIED', 'access denied')) };
    await expect(checkPromotion(desk.scheduled(), { ledger: desk.ledger, modelStore: refusing })).rejects.toMatchObject(
      {
        code: 'PROMOTION_INCOMPLETE',
      },
    );
    expect(await states()).toEqual({ 'run-1': 'candidate' });
  });

  test('one slot that cannot be decided does not stop the others', async () => {
    const other = 'paper:other:BTC/USDT:1m' as SlotId;
    await desk.register('here', 0.5);
    await desk.register('there', 0.5, { slot: other });
    const broken = await desk.ledger.get(keys.model(other, 'there'));
    await desk.ledger.append([{ key: keys.model(other, 'there'), value: { broken: true }, index: broken?.index }]);
    await expect(desk.check()).rejects.toMatchObject({ code: 'PROMOTION_INCOMPLETE', data: { slots: [other] } });
    expect(await states()).toEqual({ here: 'production' });
  });

  const registeredEvent = (runId: string, slot: SlotId | null): Invocation => {
    const event = desk
      .events()
      .find(({ name, data }) => name === 'CandidateRegistered' && 'runId' in data && data.runId === runId);
    if (!event) throw new Error(`no event of ${runId}`);
    return {
      ...desk.scheduled(),
      trigger: { kind: 'event', event: { ...event, metadata: { ...event.metadata, slot } } },
    };
  };

  test('by an event looks only at its slot, by schedule at all', async () => {
    const other = 'paper:other:BTC/USDT:1m' as SlotId;
    await desk.register('here', 0.5);
    await desk.register('there', 0.5, { slot: other });
    expect((await desk.check(registeredEvent('here', SLOT))).slots.map(({ slot }) => slot)).toEqual([SLOT]);
    expect((await desk.check()).slots.map(({ slot }) => slot)).toEqual([other, SLOT]);
    expect((await desk.check(registeredEvent('here', null))).slots).toHaveLength(2);
  });

  test('by an event decides its candidate also when the list of candidates does not show it yet', async () => {
    await desk.register('run-1', 0.5);
    const invocation = registeredEvent('run-1', SLOT);
    const behind = { ...desk.ledger, query: async () => ({ items: [] }) };
    const check = () => checkPromotion(invocation, { ledger: behind, modelStore: desk.modelStore });
    expect((await check()).slots[0]?.candidates).toMatchObject([{ runId: 'run-1', outcome: 'promoted' }]);
    expect((await check()).slots[0]?.candidates).toEqual([]);
  });

  test("by an event without a run looks at the slot's candidates", async () => {
    await desk.register('run-1', 0.5);
    const halted = {
      ...desk.scheduled(),
      trigger: {
        kind: 'event' as const,
        event: {
          name: 'TradingResumed' as const,
          metadata: { ...(desk.events()[0] as ReturnType<ModelDesk['events']>[number]).metadata },
          data: { reason: 'x', by: 'ada' },
        },
      },
    };
    expect(await outcomes(halted)).toEqual(['run-1 promoted']);
  });

  test('a list that still shows a decided candidate leads to no second decision', async () => {
    await desk.register('run-1', 0.5);
    const stale = await desk.ledger.query({
      table: 'registry',
      by: 'index',
      pk: `models#${SLOT}#candidate`,
      limit: 10,
    });
    await desk.check();
    const behind = {
      ...desk.ledger,
      query: async (query: Parameters<ModelDesk['ledger']['query']>[0]) =>
        query.by === 'index' ? stale : desk.ledger.query(query),
    };
    const { slots } = await checkPromotion(desk.scheduled(), { ledger: behind, modelStore: desk.modelStore });
    expect(slots[0]?.candidates).toEqual([
      { runId: 'run-1', outcome: 'already_decided', state: 'production', reason: 'first champion, accuracy 0.5' },
    ]);
  });

  test('decides more candidates than one page holds, skipping none', async () => {
    for (let n = 0; n < 103; n++)
      await desk.register(`run-${n}`, n / 1_000, { model: { bytes: sampleBytes(`run-${n}`) } });
    const found = await outcomes();
    expect(found[0]).toBe('run-102 promoted');
    expect(found).toHaveLength(103);
    expect(found.filter((text) => text.endsWith('evaluated_inferior'))).toHaveLength(102);
  });

  test.each<[string, (desk: ModelDesk) => Promise<unknown>, string, object]>([
    ['another champion', (d) => d.promote('other'), 'bare not_comparable', { waiting: { championRunId: 'other' } }],
    ['its promotion', (d) => d.promote('bare'), 'bare already_decided', { state: 'production', waiting: null }],
    [
      'its end',
      async (d) => {
        d.modelStore.lose((await d.model('bare')).modelHash);
        await d.promote('bare');
      },
      'bare already_decided',
      { state: 'archived', waiting: null },
    ],
  ])(
    'decides again when %s comes between finding that a candidate must wait and saying so',
    async (_, act, expected, model) => {
      await desk.register('other', 0.4);
      await desk.check();
      await desk.register('champion', 0.5);
      await desk.check();
      await desk.register('bare');
      desk.ledger.beforeCommit = async () => {
        desk.ledger.beforeCommit = undefined;
        await act(desk);
      };
      expect(await outcomes()).toEqual([expected]);
      expect(await desk.model('bare')).toMatchObject(model);
    },
  );

  test('refuses to work on a deployment it cannot read', async () => {
    await desk.register('run-1', 0.5);
    await desk.ledger.append([{ key: keys.deployment(SLOT), value: { championRunId: 7 } }]);
    await expect(desk.check()).rejects.toMatchObject({
      code: 'PROMOTION_INCOMPLETE',
      cause: { code: 'LEDGER_ITEM_INVALID', message: expect.stringContaining(`deployment slot#${SLOT}`) },
    });
  });
});
