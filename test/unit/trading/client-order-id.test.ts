import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { clientOrderId, parseClientOrderId } from '../../../src/core/trading/client-order-id.ts';

const slot = 'paper:trend:BTC/USDT:1m' as SlotId;
const names = fc.record({
  barClose: fc.integer({ min: 0, max: 4_102_444_800 }).map((seconds) => epochMillis(seconds * 1000)),
  leg: fc.constantFrom('entry' as const, 'exit' as const),
  attempt: fc.integer({ min: 0, max: 99 }),
  epoch: fc.integer({ min: 1, max: 1_000_000_000 }),
});

describe('client order ids', () => {
  it('say again what they were made of', () => {
    fc.assert(
      fc.property(names, (name) => {
        expect(parseClientOrderId(slot, clientOrderId({ slot, ...name }))).toEqual(name);
      }),
    );
  });

  it('fit what exchanges take: at most 36 characters of a-z, 0-9 and -', () => {
    fc.assert(
      fc.property(names, (name) => {
        expect(clientOrderId({ slot, ...name })).toMatch(/^[a-z0-9-]{1,36}$/);
      }),
    );
  });

  it('differ whenever what they name differs', () => {
    fc.assert(
      fc.property(names, names, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        expect(clientOrderId({ slot, ...a })).not.toBe(clientOrderId({ slot, ...b }));
      }),
    );
  });

  it('of another slot or of a person are not ours', () => {
    const other = clientOrderId({
      slot: 'paper:trend:ETH/USDT:1m' as SlotId,
      barClose: epochMillis(60_000),
      leg: 'entry',
      attempt: 0,
      epoch: 1,
    });
    expect(parseClientOrderId(slot, other)).toBeUndefined();
    expect(parseClientOrderId(slot, 'web_5a1')).toBeUndefined();
    const own = clientOrderId({ slot, barClose: epochMillis(60_000), leg: 'exit', attempt: 3, epoch: 40 });
    expect(own).toMatch(/^ar-[0-9a-f]{8}-1o-x3-14$/);
    for (const text of [`x${own}`, `${own}-1`, `${own} `, own.toUpperCase()])
      expect(parseClientOrderId(slot, text)).toBeUndefined();
  });
});
