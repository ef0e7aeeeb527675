import { aresBook } from './ares-book.ts';

/**
 * Every feature of every known set, under its own name: what a trader's computer is made for, so that a model of any set can decide on the next bar.
 *
 * Only the columns of the model that decides are computed (`FeatureComputer.select`), and only they must be finite.
 */
export const everyFeature = aresBook;
