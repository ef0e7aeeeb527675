import { describe, expect, it } from 'vitest';
import { createAuditWatch } from '../../../src/core/dashboard/audit-watch.ts';
import { createCandleWindow } from '../../../src/core/dashboard/candle-window.ts';
import { createListedMarket, waveBars } from '../../support/listed-market.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { openSeededSlot, SEEDED_SLOT } from '../../support/seeded-slot.ts';

const BAR = 60_000;

describe('the candle window', () => {
  function windowOver(count: number, size: number) {
    const all = waveBars(count + 50);
    const listed = all.slice(0, count);
    const marketData = createListedMarket(listed);
    const monotonic = manualClock(0);
    const window = createCandleWindow(SEEDED_SLOT, size, { marketData, monotonic });
    const more = (bars: number): number => {
      listed.push(...all.slice(listed.length, listed.length + bars));
      return (listed.at(-1)?.openTime ?? 0) + BAR;
    };
    return { listed, marketData, monotonic, window, more };
  }

  it('reads the newest bars once, and then only what closed since', async () => {
    const { listed, marketData, window, more } = windowOver(30, 20);
    await window.refresh(null);
    expect(window.current()).toEqual({ candles: listed.slice(-20), problem: null });
    const marketTime = more(2);
    await window.refresh(marketTime);
    expect(window.current().candles).toEqual(listed.slice(-20));
    expect(marketData.asked).toBe(2);
  });

  it('does not ask when no bar can have closed, but from time to time when nobody knows', async () => {
    const { listed, marketData, monotonic, window } = windowOver(10, 20);
    await window.refresh(null);
    await window.refresh((listed.at(-1)?.openTime ?? 0) + BAR);
    await window.refresh(null);
    expect(marketData.asked).toBe(1);
    monotonic.pass(5_000);
    await window.refresh(null);
    expect(marketData.asked).toBe(2);
  });

  it('begins anew after a pause longer than it is', async () => {
    const { listed, window, more } = windowOver(10, 20);
    await window.refresh(null);
    await window.refresh(more(45));
    expect(window.current().candles).toEqual(listed.slice(-20));
  });

  it('keeps what it has and says why when the market does not answer, and does not ask at once again', async () => {
    const { listed, marketData, monotonic, window, more } = windowOver(10, 20);
    await window.refresh(null);
    const before = [...listed];
    const marketTime = more(1);
    marketData.problem = new Error('the exchange is away');
    await window.refresh(marketTime);
    expect(window.current()).toEqual({ candles: before, problem: 'the exchange is away' });
    marketData.problem = undefined;
    await window.refresh(marketTime);
    expect(window.current().problem).not.toBeNull();
    monotonic.pass(5_000);
    await window.refresh(marketTime);
    expect(window.current()).toEqual({ candles: listed, problem: null });
  });

  it('asks once however many want to know', async () => {
    const { marketData, window } = windowOver(10, 20);
    await Promise.all([window.refresh(null), window.refresh(null), window.refresh(0)]);
    expect(marketData.asked).toBe(1);
  });
});

describe('the audit watch', () => {
  async function watched() {
    const ledger = createMemoryLedger();
    const slot = await openSeededSlot(ledger, manualClock());
    await slot.candidate('run-1', 0.52);
    const monotonic = manualClock(0);
    const wallClock = manualClock(1_000);
    return { ledger, slot, monotonic, watch: createAuditWatch({ ledger, monotonic, wallClock }) };
  }

  it('is pending until the first verification has ended, and then says how many entries hold', async () => {
    const { watch } = await watched();
    expect(watch.current().state).toBe('pending');
    await Promise.all([watch.refresh(), watch.refresh()]);
    expect(watch.current()).toEqual({ state: 'valid', entries: 2, problem: null, verifiedAt: 1_000 });
  });

  it('rests between two verifications', async () => {
    const { watch, slot, monotonic } = await watched();
    await watch.refresh();
    await slot.candidate('run-2', 0.51);
    await watch.refresh();
    expect(watch.current().entries).toBe(2);
    monotonic.pass(5_000);
    await watch.refresh();
    expect(watch.current().entries).toBe(4);
  });

  it('says where and how a chain is broken', async () => {
    const { ledger, watch } = await watched();
    const read = ledger.query;
    ledger.query = async (query) => {
      const page = await read(query);
      const forged = page.items.map((item) =>
        item.value.sequence === 2 ? { ...item, value: { ...item.value, user: 'mallory' } } : item,
      );
      return { ...page, items: forged };
    };
    await watch.refresh();
    expect(watch.current()).toMatchObject({ state: 'broken', problem: 'altered at entry 2 of models' });
  });

  it('does not call a chain broken that it could not read', async () => {
    const { watch, monotonic, ledger } = await watched();
    await watch.refresh();
    ledger.get = () => Promise.reject(new Error('the disk is away'));
    monotonic.pass(5_000);
    await watch.refresh();
    expect(watch.current()).toMatchObject({ state: 'unknown', entries: 2, problem: 'the disk is away' });
  });
});
