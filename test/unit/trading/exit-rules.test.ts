import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../../src/core/config/live-config.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import {
  exitAtClose,
  exitLevels,
  highestHeld,
  isWorthMoving,
  touchedBy,
} from '../../../src/core/trading/exit-rules.ts';
import { decimal } from '../../../src/core/trading/money.ts';
import { BAR, rules } from '../../support/engine-harness.ts';

const exits = (over: Partial<typeof DEFAULT_CONFIG.exits>) => ({
  ...DEFAULT_CONFIG.exits,
  stopLossFraction: 0,
  ...over,
});
const position = { quantity: decimal('2'), cost: decimal('200') };
const holding = { since: epochMillis(10 * BAR), highest: decimal('120') };
const levelsOf = (over: Parameters<typeof exits>[0]) => exitLevels(position, holding, exits(over), rules);
const texts = ({ stop, stopCause, takeProfit }: ReturnType<typeof exitLevels>) => [
  stop?.toFixed() ?? null,
  stopCause,
  takeProfit?.toFixed() ?? null,
];
const everything = { stop: true, takeProfit: true };
const barOf = (index: number, low: number, high: number, close: number) => ({
  barClose: (index + 1) * BAR,
  barMillis: BAR,
  low,
  high,
  close,
});

describe('the prices a position is left at', () => {
  it('are measured from the average entry price, the trailing stop from the highest price since', () => {
    expect(texts(levelsOf({}))).toEqual([null, 'stop_loss', null]);
    expect(texts(levelsOf({ stopLossFraction: 0.05, takeProfitFraction: 0.5 }))).toEqual(['95', 'stop_loss', '150']);
    expect(texts(levelsOf({ trailingStopFraction: 0.1 }))).toEqual(['108', 'trailing_stop', null]);
  });

  it('take the higher of the two stops', () => {
    expect(texts(levelsOf({ stopLossFraction: 0.05, trailingStopFraction: 0.25 }))).toEqual(['95', 'stop_loss', null]);
    expect(texts(levelsOf({ stopLossFraction: 0.05, trailingStopFraction: 0.1 }))).toEqual([
      '108',
      'trailing_stop',
      null,
    ]);
  });

  it('lie on price steps: a stop never above what was asked for, a take-profit never below', () => {
    const third = { quantity: decimal('3'), cost: decimal('100') };
    const levels = exitLevels(third, holding, exits({ stopLossFraction: 0.1, takeProfitFraction: 0.1 }), rules);
    expect([levels.stop?.toFixed(), levels.takeProfit?.toFixed()]).toEqual(['29.99', '36.67']);
  });

  it('touch a stop before a take-profit', () => {
    const levels = levelsOf({ stopLossFraction: 0.05, takeProfitFraction: 0.5 });
    const at = (lowest: string, sellable: string) => ({ lowest: decimal(lowest), sellable: decimal(sellable) });
    expect(touchedBy(at('95.01', '149.99'), levels, everything)).toBeNull();
    expect(touchedBy(at('95', '149.99'), levels, everything)).toBe('stop_loss');
    expect(touchedBy(at('95.01', '150'), levels, everything)).toBe('take_profit');
    expect(touchedBy(at('95', '150'), levels, everything)).toBe('stop_loss');
    expect(touchedBy(at('95', '150'), levels, { stop: false, takeProfit: true })).toBe('take_profit');
    expect(touchedBy(at('95', '150'), levels, { stop: false, takeProfit: false })).toBeNull();
  });
});

describe('a closed bar', () => {
  const leftBy = (bar: ReturnType<typeof barOf>, over: Parameters<typeof exits>[0], watched = everything) =>
    exitAtClose(bar, { position, holding, watched }, exits(over), rules);

  it('that went through the stop is a reason to leave, wherever it closed', () => {
    expect(leftBy(barOf(10, 95, 130, 125), { stopLossFraction: 0.05 })).toBe('stop_loss');
    expect(leftBy(barOf(10, 95.01, 130, 125), { stopLossFraction: 0.05 })).toBeNull();
    expect(leftBy(barOf(10, 90, 130, 125), { stopLossFraction: 0.05 }, { stop: false, takeProfit: true })).toBeNull();
  });

  it('takes the stop before the take-profit', () => {
    const both = { stopLossFraction: 0.05, takeProfitFraction: 0.5 };
    expect(leftBy(barOf(10, 94, 160, 155), both)).toBe('stop_loss');
    expect(leftBy(barOf(10, 100, 160, 155), both)).toBe('take_profit');
  });

  it('only counts with its close where the entry was filled within it', () => {
    expect(leftBy(barOf(9, 90, 130, 125), { stopLossFraction: 0.05 })).toBeNull();
    expect(leftBy(barOf(9, 90, 130, 94), { stopLossFraction: 0.05 })).toBe('stop_loss');
    expect(highestHeld(barOf(9, 90, 130, 125), holding).toFixed()).toBe('125');
    expect(highestHeld(barOf(10, 90, 130, 125), holding).toFixed()).toBe('130');
    expect(highestHeld(barOf(10, 90, 110, 105), holding).toFixed()).toBe('120');
  });

  it('holds its low against the trailing stop from before it, and its close against the one after it', () => {
    // Before the bar the stop is at 108; with the high of 130 it is at 117.
    expect(leftBy(barOf(10, 109, 130, 118), { trailingStopFraction: 0.1 })).toBeNull();
    expect(leftBy(barOf(10, 108, 130, 118), { trailingStopFraction: 0.1 })).toBe('trailing_stop');
    expect(leftBy(barOf(10, 109, 130, 117), { trailingStopFraction: 0.1 })).toBe('trailing_stop');
  });

  it('ends a position that was held for as many bars as it may', () => {
    expect(leftBy(barOf(13, 110, 115, 112), { maxHoldingBars: 5 })).toBeNull();
    expect(leftBy(barOf(14, 110, 115, 112), { maxHoldingBars: 5 })).toBe('time_limit');
    expect(leftBy(barOf(14, 94, 115, 112), { maxHoldingBars: 5, stopLossFraction: 0.05 })).toBe('stop_loss');
  });
});

describe('a trailing stop', () => {
  it('never falls, whatever the market does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 50, max: 500 }), { minLength: 2 }), (closes) => {
        let { highest } = holding;
        let before = 0;
        for (const [index, close] of closes.entries()) {
          highest = highestHeld(barOf(10 + index, close, close, close), { ...holding, highest });
          const { stop } = exitLevels(position, { ...holding, highest }, exits({ trailingStopFraction: 0.07 }), rules);
          expect(stop?.toNumber()).toBeGreaterThanOrEqual(before);
          before = stop?.toNumber() ?? 0;
        }
      }),
    );
  });

  it('is worth moving by a price step and a twentieth of its distance', () => {
    const worth = (to: string, trailingStopFraction: number) =>
      isWorthMoving(decimal('100'), decimal(to), decimal('120'), { trailingStopFraction }, rules);
    expect(worth('100.01', 0)).toBe(true);
    expect(worth('100', 0)).toBe(false);
    expect(worth('99', 0)).toBe(false);
    expect(worth('100.59', 0.1)).toBe(false);
    expect(worth('100.6', 0.1)).toBe(true);
  });
});
