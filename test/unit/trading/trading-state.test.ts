import { beforeEach, describe, expect, test } from 'vitest';
import { updateConfig } from '../../../src/core/config/update-config.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import { halt, readTradingState, reduce, resume } from '../../../src/core/trading/trading-state.ts';
import { type ModelDesk, openModelDesk, SLOT } from '../../support/model-desk.ts';

describe('the trading state of a slot', () => {
  let desk: ModelDesk;
  beforeEach(() => {
    desk = openModelDesk();
  });

  const wish = (reason = 'because', id?: string) => ({ ...desk.command(), ...(id ? { id } : {}), slot: SLOT, reason });
  const state = async () => (await readTradingState(desk.ledger, SLOT)).state;

  test('is ACTIVE until somebody restricts it', async () => {
    expect(await readTradingState(desk.ledger, SLOT)).toEqual({
      state: 'ACTIVE',
      reason: 'never restricted',
      by: 'ares',
      since: 0,
      version: 0,
    });
  });

  test('halts, with audit entry and event, and stays halted for whoever reads it', async () => {
    const halted = { state: 'HALTED', reason: 'odd fills', by: 'ada', since: 10_001, version: 1 };
    expect(await halt(wish('odd fills'), desk.ports)).toEqual({ outcome: 'changed', from: 'ACTIVE', state: halted });
    expect(await readTradingState(desk.ledger, SLOT)).toEqual(halted);
    expect(await desk.audit('trading')).toEqual([
      expect.objectContaining({
        eventType: 'TradingHalted',
        action: 'halt',
        user: 'ada',
        details: { slot: SLOT, from: 'ACTIVE', to: 'HALTED', reason: 'odd fills' },
      }),
    ]);
    expect(desk.events()).toEqual([
      {
        name: 'TradingHalted',
        metadata: {
          id: `trading-state:${SLOT}:command-1:0`,
          version: 1,
          occurredAt: 10_001,
          correlationId: 'command-1',
          causationId: 'command-1',
          slot: SLOT,
          sequence: 1,
        },
        data: { state: 'HALTED', reason: 'odd fills', by: 'ada' },
      },
    ]);
  });

  test('resumes, with audit entry and event', async () => {
    await halt(wish(), desk.ports);
    expect(await resume(wish('all is well'), desk.ports)).toMatchObject({
      outcome: 'changed',
      from: 'HALTED',
      state: { state: 'ACTIVE', version: 2 },
    });
    expect(desk.events().at(-1)).toMatchObject({
      name: 'TradingResumed',
      metadata: { sequence: 2 },
      data: { reason: 'all is well', by: 'ada' },
    });
    expect((await desk.audit('trading')).at(-1)).toMatchObject({ eventType: 'TradingResumed', action: 'resume' });
    expect(await desk.auditValid()).toBe(true);
  });

  test('changes nothing when it is so already', async () => {
    expect(await resume(wish(), desk.ports)).toMatchObject({ outcome: 'unchanged', state: { state: 'ACTIVE' } });
    await halt(wish('first'), desk.ports);
    expect(await halt(wish('second'), desk.ports)).toMatchObject({
      outcome: 'unchanged',
      state: { reason: 'first', version: 1 },
    });
    expect(desk.ledger.events).toHaveLength(1);
  });

  test('a reduction tightens, and never loosens a halt', async () => {
    expect(await reduce(wish(), desk.ports)).toMatchObject({ outcome: 'changed', state: { state: 'REDUCING' } });
    expect(desk.events().at(-1)).toMatchObject({ name: 'TradingHalted', data: { state: 'REDUCING' } });
    expect((await desk.audit('trading')).at(-1)).toMatchObject({ action: 'reduce' });
    expect(await reduce(wish(), desk.ports)).toMatchObject({ outcome: 'unchanged' });
    expect(await halt(wish(), desk.ports)).toMatchObject({ outcome: 'changed', from: 'REDUCING' });
    expect(await reduce(wish(), desk.ports)).toMatchObject({ outcome: 'unchanged', state: { state: 'HALTED' } });
    expect(await state()).toBe('HALTED');
  });

  test('a halt can be loosened to REDUCING, so that the position can be left, but not the other way', async () => {
    await halt(wish(), desk.ports);
    const loosened = await resume({ ...wish('leave'), to: 'REDUCING' }, desk.ports);
    expect(loosened).toMatchObject({ outcome: 'changed', from: 'HALTED', state: { state: 'REDUCING' } });
    expect((await desk.audit('trading')).at(-1)).toMatchObject({ eventType: 'TradingHalted', action: 'resume' });
    await resume(wish(), desk.ports);
    expect(await resume({ ...wish(), to: 'REDUCING' }, desk.ports)).toMatchObject({
      outcome: 'unchanged',
      state: { state: 'ACTIVE' },
    });
  });

  test('a halt and a resume at once are carried out one after the other', async () => {
    await reduce(wish(), desk.ports);
    const outcomes = await Promise.all([halt(wish(), desk.ports), resume(wish(), desk.ports)]);
    const changed = outcomes.filter(({ outcome }) => outcome === 'changed');
    expect(await readTradingState(desk.ledger, SLOT)).toMatchObject({ version: 1 + changed.length });
    const entries = await desk.audit('trading');
    expect(entries.map(({ details }) => details.from).slice(1)).toEqual(
      entries.map(({ details }) => details.to).slice(0, -1),
    );
    expect(await state()).toBe(entries.at(-1)?.details.to);
  });

  test('a halt sent again after a resume does not halt again', async () => {
    await halt(wish('odd', 'once'), desk.ports);
    await resume(wish(), desk.ports);
    expect(await halt(wish('odd', 'once'), desk.ports)).toMatchObject({
      outcome: 'unchanged',
      state: { state: 'ACTIVE' },
    });
    expect(await state()).toBe('ACTIVE');
  });

  test.each([
    ['HALTED', halt],
    ['REDUCING', reduce],
  ] as const)('%s outlives a promotion, a rollback and a new configuration', async (restricted, restrict) => {
    await desk.register('run-1', 0.6);
    await desk.promote('run-1');
    await restrict(wish(), desk.ports);
    const before = await readTradingState(desk.ledger, SLOT);
    await desk.register('run-2', 0.7);
    expect(await desk.promote('run-2')).toMatchObject({ outcome: 'promoted' });
    expect(await desk.rollback()).toMatchObject({ outcome: 'rolled_back' });
    const patch = { risk: { maxOrdersPerMinute: 3 } };
    expect(await updateConfig({ ...desk.command(), patch }, desk.ports)).toMatchObject({ outcome: 'updated' });
    expect(await readTradingState(desk.ledger, SLOT)).toEqual(before);
    expect(before.state).toBe(restricted);
  });

  test('allows nothing when it cannot be read', async () => {
    await desk.ledger.append([{ key: keys.tradingState(SLOT), value: { state: 'SLEEPY' } }]);
    await expect(readTradingState(desk.ledger, SLOT)).rejects.toMatchObject({
      code: 'LEDGER_ITEM_INVALID',
      message: expect.stringMatching(new RegExp(`^trading state slot#${SLOT}/trading-state: [^]*state`)),
      data: { pk: `slot#${SLOT}` },
    });
  });
});
