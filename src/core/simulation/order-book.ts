/** How deep and how wide the simulated book is around the last price. */
export interface BookModel {
  /** Best ask less best bid, as a fraction of the price; at least two price steps. */
  readonly spread: number;
  /** Price levels a side. */
  readonly levels: number;
  /** Between two levels, as a fraction of the price; at least one price step. */
  readonly levelSpacing: number;
  /** All levels of one side together, as a fraction of the bar's volume; each level holds at least one quantity step. */
  readonly depthShare: number;
}

/** 0.2 basis points wide, half a basis point between ten levels, a tenth of the bar's volume a side. */
export const DEFAULT_BOOK: BookModel = { spread: 0.00002, levels: 10, levelSpacing: 0.00005, depthShare: 0.1 };

/** The best prices of a recorded book, in place of the model. Prices in quote, quantities in base currency. */
export interface BookTop {
  readonly bid: number;
  readonly bidQuantity: number;
  readonly ask: number;
  readonly askQuantity: number;
}

/** Price in whole price steps, quantity in whole quantity steps: integers, hence exact. */
export interface Level {
  readonly ticks: number;
  readonly steps: number;
}

export type BookSide = 'bid' | 'ask';

/** One over the step: prices and quantities become whole numbers by multiplying. */
export interface BookScale {
  readonly ticksPerUnit: number;
  readonly stepsPerUnit: number;
}

/** The price as a whole number of price steps, the nearest. */
export const toTicks = (scale: BookScale, price: number): number => Math.max(1, Math.round(price * scale.ticksPerUnit));

/** The modelled level at a place in the book, 0 the best; `undefined` where the price would not be above zero. */
export function syntheticLevel(
  model: BookModel,
  scale: BookScale,
  side: BookSide,
  midTicks: number,
  volume: number,
  place: number,
): Level | undefined {
  const half = Math.max((midTicks * model.spread) / 2, 0.5);
  const gap = Math.max(1, Math.round(midTicks * model.levelSpacing)) * place;
  const ticks = side === 'ask' ? Math.ceil(midTicks + half) + gap : Math.floor(midTicks - half) - gap;
  if (ticks < 1) return undefined;
  const depth = volume * model.depthShare * scale.stepsPerUnit;
  const weights = (model.levels * (model.levels + 1)) / 2;
  return { ticks, steps: Math.max(1, Math.floor((depth * (place + 1)) / weights)) };
}

/** Levels of one side around a price, best first. The quantity grows linearly with the distance from the best. */
export function syntheticLevels(
  model: BookModel,
  scale: BookScale,
  side: BookSide,
  midTicks: number,
  volume: number,
): Level[] {
  const levels: Level[] = [];
  for (let place = 0; place < model.levels; place++) {
    const level = syntheticLevel(model, scale, side, midTicks, volume, place);
    if (!level) break;
    levels.push(level);
  }
  return levels;
}

/** The recorded top as a book of one level; none when nothing is offered. */
export function topLevels(scale: BookScale, side: BookSide, top: BookTop): Level[] {
  const [price, quantity] = side === 'ask' ? [top.ask, top.askQuantity] : [top.bid, top.bidQuantity];
  // Just below a whole step binary rounding would lose one, so a hair is added before flooring.
  const steps = Math.floor(quantity * scale.stepsPerUnit + 1e-6);
  return steps > 0 ? [{ ticks: toTicks(scale, price), steps }] : [];
}

/**
 * What an order of `wanted` steps gets from the levels, best first, without going beyond `limitTicks`.
 *
 * @param levels all of them, or what gives the level at a place: no more of the book is worked out than is walked
 * @param taken steps already taken from the best levels since the book was last renewed
 */
export function walk(
  levels: readonly Level[] | ((place: number) => Level | undefined),
  side: BookSide,
  taken: number,
  wanted: number,
  limitTicks?: number,
): Level[] {
  const fills: Level[] = [];
  let skip = taken;
  let left = wanted;
  for (let place = 0; left > 0; place++) {
    const level = typeof levels === 'function' ? levels(place) : levels[place];
    if (!level) break;
    if (limitTicks !== undefined && (side === 'ask' ? level.ticks > limitTicks : level.ticks < limitTicks)) break;
    const skipped = Math.min(skip, level.steps);
    skip -= skipped;
    const steps = Math.min(level.steps - skipped, left);
    if (steps <= 0) continue;
    fills.push({ ticks: level.ticks, steps });
    left -= steps;
  }
  return fills;
}
