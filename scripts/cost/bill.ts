import Big from 'big.js';
import { type PriceId, priceOf } from './aws-prices.ts';
import type { CostLine } from './cost-line.ts';

export interface BilledLine extends CostLine {
  readonly usd: Big;
}

/** A month. */
export interface Bill {
  readonly lines: readonly BilledLine[];
  readonly total: Big;
  /** The total after what every account has free, for ever. */
  readonly afterFree: Big;
  /** What is paid when nothing happens at all, after what is free. */
  readonly idleAfterFree: Big;
  readonly idle: Big;
}

const sumOf = (amounts: readonly Big[]): Big => amounts.reduce((sum, amount) => sum.plus(amount), new Big(0));

const usdOf = (id: PriceId, usage: number | Big): Big => {
  const { usd, per } = priceOf(id);
  return new Big(usd).times(new Big(usage)).div(per);
};

/** What all lines of one price cost together once its free part is taken away. */
function afterFree(lines: readonly CostLine[]): Big {
  return sumOf(
    [...Map.groupBy(lines, ({ price }) => price)].map(([id, group]) => {
      const usage = sumOf(group.map((line) => new Big(line.usage)));
      const paid = usage.minus(priceOf(id).alwaysFree?.usage ?? 0);
      return usdOf(id, paid.lt(0) ? 0 : paid);
    }),
  );
}

/** Prices lines; lines of the same thing at the same price become one. */
export function billOf(lines: readonly CostLine[]): Bill {
  const merged = [...Map.groupBy(lines, ({ what, price }) => `${what}|${price}`).values()].map((group) => {
    const [first] = group as [CostLine];
    return { ...first, usage: group.reduce((sum, { usage }) => sum + usage, 0) };
  });
  const billed = merged
    .map((line) => ({ ...line, usd: usdOf(line.price, line.usage) }))
    .sort((a, b) => b.usd.cmp(a.usd));
  const idle = billed.filter(({ basis }) => basis === 'idle');
  return {
    lines: billed,
    total: sumOf(billed.map(({ usd }) => usd)),
    idle: sumOf(idle.map(({ usd }) => usd)),
    afterFree: afterFree(merged),
    idleAfterFree: afterFree(idle),
  };
}
