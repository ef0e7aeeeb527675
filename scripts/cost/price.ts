/** Where a figure stands. `unverified`: written from memory, nobody has looked it up for this table. */
export type PriceSource =
  | {
      readonly kind: 'read';
      readonly address: string;
      /** The page's own date, or that of the file's last change: what the figure is as of. */
      readonly asOf: string;
      /** The day the page was read for this table. */
      readonly read: string;
      /** How the figure follows from what the page says, where it does not stand there as such. */
      readonly how?: string;
    }
  | { readonly kind: 'unverified'; readonly from: string };

export interface Price {
  readonly service: string;
  /** What one costs: `vCPU-hour`, `million requests`. */
  readonly unit: string;
  /** US dollars a unit, as text. */
  readonly usd: string;
  /** How many units of usage one priced unit holds: 1,000,000 for `million requests`. */
  readonly per: number;
  readonly source: PriceSource;
  /** Usage (not priced units) a month that costs nothing, for as long as the account exists. */
  readonly alwaysFree?: { readonly usage: number; readonly source: PriceSource };
}
