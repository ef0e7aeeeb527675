import { describe, expect, it } from 'vitest';
import { commandTime } from '../../../src/core/events/command-time.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';

const NOW = 1_700_000_000_000;
const clock = { now: () => epochMillis(NOW) };
const slot = 'paper:trend:BTC/USDT:1m' as SlotId;
const other = 'paper:trend:ETH/USDT:1m' as SlotId;

async function heard(...beats: readonly (readonly [SlotId, number, number])[]) {
  const ledger = createMemoryLedger();
  await ledger.append(beats.map(([of, at, marketTime]) => ({ key: keys.heartbeat(of), value: { at, marketTime } })));
  return ledger;
}

describe('the time of a command', () => {
  it("is the market's, as the slot's trader last told it", async () => {
    expect(await commandTime(await heard([slot, NOW - 100, 5_000]), clock, slot)).toBe(5_000);
  });

  it('is wall time where no trader of the slot has reported, none lately, or its market has not begun', async () => {
    for (const beats of [[], [[other, NOW, 5_000]], [[slot, NOW - 3_600_000, 5_000]], [[slot, NOW, 0]]] as const) {
      expect(await commandTime(await heard(...beats), clock, slot)).toBe(NOW);
    }
  });

  it('about all slots is that of the trader who reported last', async () => {
    const ledger = await heard([slot, NOW - 900, 5_000], [other, NOW - 100, 7_000]);
    expect(await commandTime(ledger, clock, undefined)).toBe(7_000);
  });
});
