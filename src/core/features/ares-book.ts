import { aresCore } from './ares-core.ts';
import { defineFeatureSet } from './feature-set.ts';
import { bookPressure } from './operators/book-pressure.ts';

/** The features of ares-core, and those of the book's top when the bar closed. */
export const aresBook = defineFeatureSet('ares-book', 1, [...aresCore.families, bookPressure]);
