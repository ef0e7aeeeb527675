/**
 * Wilder's smoothing of a series, the newest value of which can be replaced: the mean of the first `length` values, then 1/length of each new one's difference added.
 *
 * The same arithmetic in the same order as trading-signals' WSMA, to the bit, without its arrays and objects for every value.
 */
export class WilderAverage {
  readonly #length: number;
  readonly #factor: number;
  #count = 0;
  /** Sum of the first values, without the newest. */
  #sum = 0;
  #newest = 0;
  #before = Number.NaN;
  /** As of the value fed last; NaN before `length` of them. */
  value = Number.NaN;

  constructor(length: number) {
    this.#length = length;
    this.#factor = 1 / length;
  }

  update(value: number, replace: boolean): void {
    if (!replace) {
      this.#before = this.value;
      this.#count += 1;
      if (this.#count <= this.#length) this.#sum += this.#newest;
    }
    if (this.#count > this.#length) this.value = (value - this.#before) * this.#factor + this.#before;
    else {
      this.#newest = value;
      if (this.#count === this.#length) this.value = (this.#sum + value) / this.#length;
    }
  }
}
