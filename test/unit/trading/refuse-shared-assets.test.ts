import { describe, expect, it } from 'vitest';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { ensureSlot } from '../../../src/core/models/slot-registry.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { acquireLease } from '../../../src/core/trading/lease.ts';
import { refuseRivals, refuseSharedAssets } from '../../../src/core/trading/refuse-shared-assets.ts';
import { quiet } from '../../support/engine-harness.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { createVirtualTime } from '../../support/virtual-time.ts';

const BTC = 'paper:trend:BTC/USDT:1m' as SlotId;
const BOTH = 'paper:swing:ETH/USDT+BTC/EUR:5m' as SlotId;
const ETH = 'paper:trend:ETH/USDT:1m' as SlotId;
const OTHER_ACCOUNT = 'second:trend:BTC/USDT:1m' as SlotId;

describe('slots of one account', () => {
  it('may not share a base asset, and are refused with both their names', () => {
    expect(() => refuseSharedAssets([ETH.replace('ETH', 'SOL') as SlotId, BTC, BOTH])).toThrow(
      `slots that trade on one account must trade different assets, ${BTC} and ${BOTH} do with BTC`,
    );
    const double = 'paper:trend:BTC/USDT+BTC/EUR:1m' as SlotId;
    expect(() => refuseSharedAssets([double])).toThrow(`two markets of ${double} do with BTC`);
  });

  it('may trade different assets, and the same on different accounts', () => {
    refuseSharedAssets([BTC, ETH, OTHER_ACCOUNT]);
  });
});

describe('slots that other processes trade', () => {
  async function rival(other: SlotId) {
    const ledger = createMemoryLedger();
    const time = createVirtualTime();
    const ports = { ledger, ...time, log: quiet };
    for (const slot of [BTC, other]) await ensureSlot(ledger, slot, epochMillis(1));
    const lease = await acquireLease({ slot: other, owner: 'rival', ttlMs: 900, recvWindowMs: 500 }, ports);
    const check = (beside: readonly SlotId[] = [BTC]) => {
      const outcome = refuseRivals({ slot: BTC, beside, silentMs: 1_400 }, ports).then(
        () => 'allowed',
        (error: Error) => error.message,
      );
      return { outcome };
    };
    return { time, lease, check, ledger, ports };
  }

  it('are refused while they live', async () => {
    const { time, check } = await rival(BOTH);
    const { outcome } = check();
    await time.pass(2_000);
    expect(await outcome).toContain(`${BTC} and ${BOTH} do with BTC`);
  });

  it('do not count when they have given their lease back, are of this process, or trade something else', async () => {
    const given = await rival(BOTH);
    await given.lease.release();
    expect(await given.check().outcome).toBe('allowed');
    const own = await rival(BOTH);
    expect(await own.check([BTC, BOTH]).outcome).toBe('allowed');
    const another = await rival(ETH);
    expect(await another.check().outcome).toBe('allowed');
  });

  it('do not count when they have died: their silence is waited for', async () => {
    const { ledger, ports } = await rival(ETH);
    await ensureSlot(ledger, BOTH, epochMillis(1));
    const dead = createVirtualTime();
    await acquireLease({ slot: BOTH, owner: 'dead', ttlMs: 900, recvWindowMs: 500 }, { ...ports, ...dead });
    const time = createVirtualTime();
    let outcome = 'waiting';
    void refuseRivals({ slot: BTC, beside: [BTC], silentMs: 1_400 }, { ...ports, ...time }).then(() => {
      outcome = 'allowed';
    });
    await time.pass(1_000);
    expect(outcome).toBe('waiting');
    await time.pass(1_000);
    expect(outcome).toBe('allowed');
  });
});
