import Big from 'big.js';

/** Decimal amounts: exact in +, −, ×. Binary floating point never holds money. */
export type Decimal = Big;

/** Quote currency per unit of base currency. */
export type Price = Big & { readonly __brand: 'Price' };
/** Units of base currency. */
export type Quantity = Big & { readonly __brand: 'Quantity' };

export const decimal = (text: string): Decimal => new Big(text);
export const price = (text: string | Decimal): Price => new Big(text) as Price;
export const quantity = (text: string | Decimal): Quantity => new Big(text) as Quantity;

export const ZERO: Decimal = new Big(0);

/** The largest multiple of `step` that is not larger than `amount` (both ≥ 0). */
export function floorToStep(amount: Decimal, step: Decimal): Decimal {
  return amount.div(step).round(0, Big.roundDown).times(step);
}
