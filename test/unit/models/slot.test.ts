import { describe, expect, test } from 'vitest';
import { keys } from '../../../src/core/ledger-keys.ts';
import { parseSlotId, type SlotId, slotId } from '../../../src/core/models/slot.ts';
import { ensureSlot, listSlots } from '../../../src/core/models/slot-registry.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';

describe('a slot', () => {
  test.each(['paper:trend:BTC/USDT:1m', 'main-2:mean-reversion:BTC/USDT+ETH/USDT:4h'])(
    '%s reads back as it was written',
    (text) => {
      expect(slotId(parseSlotId(text))).toBe(text);
    },
  );

  test.each([
    '',
    'paper:trend:BTCUSDT:1m',
    'paper:trend:BTC/USDT',
    'Paper:trend:BTC/USDT:1m',
    'a:b:BTC/USDT:1m:x',
    'a#b:c:BTC/USDT:1m',
  ])('refuses "%s", showing what one looks like', (text) => {
    expect(() => parseSlotId(text)).toThrow(
      expect.objectContaining({ code: 'SLOT_INVALID', message: expect.stringContaining(`was "${text}"`) }),
    );
  });

  test('refuses a timeframe that is none', () => {
    expect(() => parseSlotId('paper:trend:BTC/USDT:0m')).toThrow(
      expect.objectContaining({ code: 'TIMEFRAME_INVALID' }),
    );
  });
});

describe('the list of slots', () => {
  const a = 'paper:a:BTC/USDT:1m' as SlotId;
  const b = 'paper:b:BTC/USDT:1m' as SlotId;

  test('holds each slot once, by name, whoever and how often makes it known', async () => {
    const ledger = createMemoryLedger();
    expect(await listSlots(ledger)).toEqual([]);
    await Promise.all([
      ensureSlot(ledger, b, epochMillis(1)),
      ensureSlot(ledger, b, epochMillis(2)),
      ensureSlot(ledger, a, epochMillis(3)),
    ]);
    await ensureSlot(ledger, a, epochMillis(4));
    expect(await listSlots(ledger)).toEqual([a, b]);
    expect((await ledger.get(keys.slot(a)))?.value).toEqual({ slot: a, createdAt: 3 });
  });

  test('is complete over more than one page', async () => {
    const ledger = createMemoryLedger();
    const slots = Array.from({ length: 1_001 }, (_, n) => `paper:s${String(n).padStart(4, '0')}:BTC/USDT:1m` as SlotId);
    for (const slot of slots) await ensureSlot(ledger, slot, epochMillis(1));
    expect(await listSlots(ledger)).toEqual(slots);
  });

  test('does not take what is no slot', async () => {
    const ledger = createMemoryLedger();
    await expect(ensureSlot(ledger, 'everything' as SlotId, epochMillis(1))).rejects.toMatchObject({
      code: 'SLOT_INVALID',
    });
    expect(await listSlots(ledger)).toEqual([]);
  });
});
