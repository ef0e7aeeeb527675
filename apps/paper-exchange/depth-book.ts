type Row = readonly [string, string];

/** A book kept up to date from recorded differences. */
export interface DepthBook {
  apply(update: { readonly u: number; readonly b: readonly Row[]; readonly a: readonly Row[] }): void;
  top(limit: number): { readonly lastUpdateId: number; readonly bids: readonly Row[]; readonly asks: readonly Row[] };
}

export function createDepthBook(): DepthBook {
  const bids = new Map<string, string>();
  const asks = new Map<string, string>();
  let lastUpdateId = 0;

  function change(side: Map<string, string>, rows: readonly Row[]): void {
    for (const [price, quantity] of rows) {
      if (Number(quantity) === 0) side.delete(price);
      else side.set(price, quantity);
    }
  }

  return {
    apply({ u, b, a }) {
      change(bids, b);
      change(asks, a);
      lastUpdateId = u;
    },
    top: (limit) => ({
      lastUpdateId,
      bids: [...bids].sort(([a], [b]) => Number(b) - Number(a)).slice(0, limit),
      asks: [...asks].sort(([a], [b]) => Number(a) - Number(b)).slice(0, limit),
    }),
  };
}
