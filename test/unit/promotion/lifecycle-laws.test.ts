import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLegalTransition, type ModelState } from '../../../src/core/models/lifecycle.ts';
import { type ModelDesk, openModelDesk, UNSEEN } from '../../support/model-desk.ts';

const RUNS = ['a', 'b', 'c', 'd', 'e'] as const;
type Run = (typeof RUNS)[number];

type Step =
  | { readonly kind: 'register'; readonly run: Run; readonly accuracy: number | undefined; readonly elsewhere: boolean }
  | { readonly kind: 'check' }
  | { readonly kind: 'promote'; readonly run: Run }
  | { readonly kind: 'rollback'; readonly to: Run | undefined }
  | { readonly kind: 'lose'; readonly run: Run };

const run = fc.constantFrom(...RUNS);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('register' as const),
      run,
      accuracy: fc.option(
        fc.integer({ min: 40, max: 60 }).map((n) => n / 100),
        { nil: undefined, freq: 8 },
      ),
      elsewhere: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'check' as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('promote' as const), run }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('rollback' as const), to: fc.option(run, { nil: undefined, freq: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose' as const), run }) },
);

/** Who was in production in which order, and who was rolled back from: kept apart from the code under test. */
interface Chronicle {
  /** The way back, newest last, the champion not in it. */
  back: string[];
  champion: string | null;
  readonly rolledBackFrom: Set<string>;
}

function follow(chronicle: Chronicle, change: 'promoted' | 'rolled_back', runId: string): void {
  const left = chronicle.champion;
  chronicle.champion = runId;
  if (left === null) return;
  if (change === 'promoted') {
    chronicle.back = [...chronicle.back.filter((other) => other !== left && other !== runId), left];
  } else {
    chronicle.rolledBackFrom.add(left);
    const at = chronicle.back.lastIndexOf(runId);
    if (at >= 0) chronicle.back = chronicle.back.slice(0, at);
  }
  chronicle.back = chronicle.back.filter((other) => !chronicle.rolledBackFrom.has(other));
}

/** Known refusals; any other error fails the test. */
const refusal = (error: unknown): { readonly outcome: string } => {
  const { code } = error as { code?: string };
  if (code === 'MODEL_UNKNOWN' || code === 'ROLLBACK_TARGET_INVALID') return { outcome: code };
  throw error;
};

async function take(desk: ModelDesk, act: Step, chronicle: Chronicle): Promise<void> {
  switch (act.kind) {
    case 'register': {
      const evaluation = act.elsewhere ? { from: 7_000, to: 8_000, rows: 10 } : UNSEEN;
      await desk.register(act.run, act.accuracy, { evaluation });
      return;
    }
    case 'check': {
      const waiting = (await desk.models()).filter(({ state }) => state === 'candidate').map(({ runId }) => runId);
      const decided = (await desk.check()).slots.flatMap(({ candidates }) => candidates);
      expect(decided.map(({ runId }) => runId).sort()).toEqual([...waiting].sort());
      for (const { outcome, runId } of decided) if (outcome === 'promoted') follow(chronicle, 'promoted', runId);
      return;
    }
    case 'promote': {
      const { outcome } = await desk.promote(act.run).catch(refusal);
      if (outcome === 'promoted') follow(chronicle, 'promoted', act.run);
      return;
    }
    case 'rollback': {
      const expected = act.to ?? chronicle.back.at(-1);
      const found = await desk.rollback(act.to).catch(refusal);
      if (act.to === undefined && expected === undefined) expect(found.outcome).toBe('none_left');
      if (found.outcome !== 'rolled_back' || !('previousRunId' in found)) return;
      expect(found).toMatchObject({ runId: expected, previousRunId: chronicle.champion });
      if (act.to === undefined) expect(chronicle.rolledBackFrom).not.toContain(found.runId);
      follow(chronicle, 'rolled_back', found.runId);
      return;
    }
    case 'lose': {
      const model = (await desk.models()).find(({ runId }) => runId === act.run);
      if (model) desk.modelStore.lose(model.modelHash);
    }
  }
}

/** State, audit and events tell one story. */
async function expectOneStory(desk: ModelDesk, chronicle?: Chronicle): Promise<void> {
  const models = await desk.models();
  const deployment = await desk.deployment();
  const production = models.filter(({ state }) => state === 'production');
  expect(production.map(({ runId }) => runId)).toEqual(
    deployment.championRunId === null ? [] : [deployment.championRunId],
  );
  expect(production[0]?.modelHash ?? null).toBe(deployment.championHash);
  if (chronicle) {
    expect(deployment.championRunId).toBe(chronicle.champion);
    expect(deployment.history).toEqual(chronicle.back);
  }

  const told = new Map<string, ModelState>();
  for (const { details } of await desk.audit()) {
    const { runId, from, to } = details as { runId: string; from: ModelState | null; to: ModelState };
    expect(from).toBe(told.get(runId) ?? null);
    expect(from === null || from === to || isLegalTransition(from, to)).toBe(true);
    told.set(runId, to);
  }
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(models.map(({ runId, state }) => [runId, state])));
  expect(await desk.auditValid()).toBe(true);

  const events = desk.events();
  const sequences = events.map(({ metadata }) => metadata.sequence);
  expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
  expect(sequences.at(-1) ?? 0).toBe(deployment.version);
  let champion: string | null = null;
  for (const { name, data } of events) {
    if (name !== 'ModelUpdated' || !('previousRunId' in data)) continue;
    expect(data.previousRunId).toBe(champion);
    champion = data.runId;
  }
  expect(champion).toBe(deployment.championRunId);
}

describe('whatever is registered, checked, promoted and rolled back', () => {
  test('at most one model is in production, the walk back never returns to one rolled back from, and all records agree', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const desk = openModelDesk();
        const chronicle: Chronicle = { back: [], champion: null, rolledBackFrom: new Set() };
        for (const act of steps) {
          await take(desk, act, chronicle);
          await expectOneStory(desk, chronicle);
        }
      }),
      { numRuns: 150 },
    );
  }, 30_000);

  test('by any number of commands at once, in any order of their reads and commits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.integer({ min: 40, max: 60 }), { minLength: 1, maxLength: 5 }),
        async (scheduler, figures) => {
          const desk = openModelDesk();
          for (const [n, figure] of figures.entries()) await desk.register(RUNS[n] as Run, figure / 100);
          const { get } = desk.ledger;
          desk.ledger.get = (key) => scheduler.schedule(get(key), key.sk);
          desk.ledger.beforeCommit = (token) => scheduler.schedule(Promise.resolve(), token);
          const invocation = desk.scheduled();
          const all = [
            desk.check(invocation),
            desk.check(invocation),
            desk.check(),
            desk.promote('a'),
            desk.rollback(),
          ];
          await scheduler.waitFor(Promise.all(all));
          desk.ledger.beforeCommit = undefined;
          desk.ledger.get = get;
          await expectOneStory(desk);
          expect((await desk.models()).filter(({ state }) => state === 'candidate')).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  }, 30_000);
});

describe('a promotion check that crashes', () => {
  const prepare = async () => {
    const desk = openModelDesk();
    await desk.register('a', 0.5);
    await desk.check();
    await desk.register('b', 0.6);
    await desk.register('c', 0.7);
    await desk.register('bare');
    await desk.register('lost', 0.9);
    desk.modelStore.lose((await desk.model('lost')).modelHash);
    return { desk, invocation: desk.scheduled() };
  };
  const outcome = async (desk: ModelDesk) => ({
    models: await desk.models(),
    deployment: await desk.deployment(),
    events: desk.events(),
    audit: (await desk.audit()).map(({ eventType, details }) => [eventType, details]),
  });
  const COMMITS = 4;

  test.each(['beforeCommit', 'afterCommit'] as const)(
    '%s leaves old or new, and is finished by the same invocation',
    async (moment) => {
      const reference = await prepare();
      let commits = 0;
      reference.desk.ledger.beforeCommit = () => {
        commits += 1;
      };
      await reference.desk.check(reference.invocation);
      reference.desk.ledger.beforeCommit = undefined;
      expect(commits).toBe(COMMITS);
      const expected = await outcome(reference.desk);
      expect(expected.deployment.championRunId).toBe('c');

      for (let crashAt = 1; crashAt <= COMMITS; crashAt++) {
        const { desk, invocation } = await prepare();
        let left = crashAt;
        desk.ledger[moment] = () => {
          left -= 1;
          if (left === 0) throw new Error('killed');
        };
        await expect(desk.check(invocation)).rejects.toMatchObject({ code: 'PROMOTION_INCOMPLETE' });
        desk.ledger[moment] = undefined;
        await expectOneStory(desk);
        await desk.check(invocation);
        expect(await outcome(desk)).toEqual(expected);
        await desk.check(invocation);
        expect(await outcome(desk)).toEqual(expected);
      }
    },
  );
});
