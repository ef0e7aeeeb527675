/**
 * Exponential average of a series that begins with its first value, the newest of which can be replaced.
 *
 * The same arithmetic in the same order as trading-signals' EMA, to the bit, without its bookkeeping for every value.
 */
export class ExponentialAverage {
  readonly #length: number;
  readonly #weight: number;
  #count = 0;
  #before = Number.NaN;
  #value = Number.NaN;

  constructor(length: number) {
    this.#length = length;
    this.#weight = 2 / (length + 1);
  }

  /** @returns the average from the first value on, however few there are */
  update(value: number, replace: boolean): number {
    if (!replace) {
      this.#before = this.#value;
      this.#count += 1;
    }
    // The first value is its own average, and so is whatever takes its place.
    const before = this.#count === 1 ? value : this.#before;
    this.#value = value * this.#weight + before * (1 - this.#weight);
    return this.#value;
  }

  /** As of the value fed last; NaN before `length` of them. */
  get value(): number {
    return this.#count < this.#length ? Number.NaN : this.#value;
  }
}
