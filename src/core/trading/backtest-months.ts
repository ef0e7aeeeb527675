/** What a UTC month came to. */
export interface MonthReturn {
  /** `2022-01`. */
  readonly month: string;
  /** Compounded bar returns of the equity, as a fraction; the first and the last month may be cut short. */
  readonly totalReturn: number;
  /** Of the market over the same bars. */
  readonly marketReturn: number;
  readonly bars: number;
}

/**
 * Compounds bar returns by the UTC month the bar opened in.
 *
 * @param bars in the order of time: when each opened, and what equity and market did in it, as fractions
 */
export function monthlyReturns(
  bars: readonly { readonly openTime: number; readonly equity: number; readonly market: number }[],
): readonly MonthReturn[] {
  const months: { month: string; equity: number; market: number; bars: number }[] = [];
  for (const { openTime, equity, market } of bars) {
    const month = new Date(openTime).toISOString().slice(0, 7);
    let current = months.at(-1);
    if (current?.month !== month) {
      current = { month, equity: 1, market: 1, bars: 0 };
      months.push(current);
    }
    current.equity *= 1 + equity;
    current.market *= 1 + market;
    current.bars += 1;
  }
  return months.map((each) => ({
    month: each.month,
    totalReturn: each.equity - 1,
    marketReturn: each.market - 1,
    bars: each.bars,
  }));
}
