/** The best bid and ask when a bar closed: prices in quote currency, quantities in base currency; floats, because features are. */
export interface BookTop {
  readonly bid: number;
  readonly ask: number;
  readonly bidQuantity: number;
  readonly askQuantity: number;
}
