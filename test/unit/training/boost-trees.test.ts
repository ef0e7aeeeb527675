import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binRows, MAX_BINS } from '../../../src/core/training/binned-rows.ts';
import { type BoostOptions, boostTrees } from '../../../src/core/training/boost-trees.ts';
import { createTreeGrower } from '../../../src/core/training/grow-tree.ts';
import { seededRandom } from '../../../src/core/training/seeded-random.ts';
import { type DecisionTree, predictEnsemble, type TreeEnsemble } from '../../../src/core/training/tree-ensemble.ts';
import { validationMetrics } from '../../../src/core/training/validation-metrics.ts';

const options: BoostOptions = {
  trees: 10,
  leaves: 8,
  learningRate: 0.3,
  minLeafRows: 5,
  l2: 1,
  featureFraction: 1,
  rowFraction: 1,
};

function problem(seed: number, count: number, features: number, coarse = false) {
  const random = seededRandom(seed);
  const rows = Float32Array.from({ length: count * features }, () =>
    coarse ? Math.floor(random.next() * 5) : random.next(),
  );
  const labels = Uint8Array.from({ length: count }, (_, row) =>
    Number((rows[row * features] as number) * (coarse ? 0.2 : 1) + random.next() > 1),
  );
  return { rows, labels, features };
}

const problems = fc.record({
  seed: fc.nat(),
  count: fc.integer({ min: 10, max: 400 }),
  features: fc.integer({ min: 1, max: 5 }),
  coarse: fc.boolean(),
});

/** The leaf of each row. */
function leavesOf(tree: DecisionTree, rows: Float32Array, features: number): number[] {
  return Array.from({ length: rows.length / features }, (_, row) => {
    let node = 0;
    while ((tree.left[node] as number) >= 0) {
      const below =
        (rows[row * features + (tree.feature[node] as number)] as number) <= (tree.threshold[node] as number);
      node = (below ? tree.left[node] : tree.right[node]) as number;
    }
    return node;
  });
}

const lossOf = (ensemble: TreeEnsemble, rows: Float32Array, labels: Uint8Array) =>
  validationMetrics(ensemble, rows, labels)?.logLoss as number;

describe('bins', () => {
  it('are at most 255, and order values as the values are ordered', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: -3, max: 3 })), {
          minLength: 1,
          maxLength: 700,
        }),
        (values) => {
          const column = Float32Array.from(values);
          const { bins, bounds } = binRows(column, 1);
          const [edges] = bounds as [Float32Array];
          expect(edges.length).toBeLessThan(MAX_BINS);
          // Each above the one before it; -0 is no other number than 0.
          for (let edge = 1; edge < edges.length; edge += 1)
            expect(edges[edge]).toBeGreaterThan(edges[edge - 1] as number);
          for (const [row, value] of column.entries()) {
            const bin = bins[row] as number;
            if (bin > 0) expect(value).toBeGreaterThan(edges[bin - 1] as number);
            if (bin < edges.length) expect(value).toBeLessThanOrEqual(edges[bin] as number);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('tell all values apart when there are no more than bins', () => {
    const { bins } = binRows(
      Float32Array.from({ length: 510 }, (_, i) => i % 255),
      1,
    );
    expect(new Set(bins).size).toBe(255);
  });

  it('hold about as many rows each when there are more values', () => {
    const { bins } = binRows(
      Float32Array.from({ length: 10_000 }, (_, i) => Math.sqrt(i)),
      1,
    );
    const sizes = Array.from({ length: 255 }, (_, bin) => bins.filter((other) => other === bin).length);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(39);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(40);
  });

  it('put two neighbouring float32 values on both sides of a bound', () => {
    const next = 1 + 2 ** -23;
    const { bins, bounds } = binRows(Float32Array.of(1, next), 1);
    expect([...bins]).toEqual([0, 1]);
    expect([...(bounds[0] as Float32Array)]).toEqual([1]);
  });
});

describe('a tree', () => {
  it('keeps its number of leaves and the rows each leaf must have, and its values are Newton steps', () => {
    fc.assert(
      fc.property(
        problems,
        fc.integer({ min: 2, max: 12 }),
        fc.integer({ min: 1, max: 20 }),
        (given, leaves, minLeafRows) => {
          const { rows, labels, features } = problem(given.seed, given.count, given.features, given.coarse);
          const derivatives = {
            gradients: Float64Array.from(labels, (label) => 0.4 - label),
            hessians: new Float64Array(labels.length).fill(0.24),
          };
          const grower = createTreeGrower(binRows(rows, features), { leaves, minLeafRows, learningRate: 0.5, l2: 2 });
          const members = Int32Array.from(labels, (_, row) => row);
          const all = Array.from({ length: features }, (_, feature) => feature);
          const tree = grower.grow(members, all, derivatives);
          expect(grower.grow(members, all, derivatives)).toEqual(tree);
          const groups = Map.groupBy(leavesOf(tree, rows, features).entries(), ([, leaf]) => leaf);
          expect(groups.size).toBeLessThanOrEqual(leaves);
          for (const [leaf, group] of groups) {
            if (groups.size > 1) expect(group.length).toBeGreaterThanOrEqual(minLeafRows);
            const gradient = group.reduce((sum, [row]) => sum + (derivatives.gradients[row] as number), 0);
            expect(tree.value[leaf]).toBeCloseTo((-0.5 * gradient) / (group.length * 0.24 + 2), 5);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('first splits where an exhaustive search finds the most to gain', () => {
    fc.assert(
      fc.property(problems, (given) => {
        const { rows, labels, features } = problem(given.seed, given.count, given.features, given.coarse);
        const gradients = Float64Array.from(labels, (label) => 0.5 - label);
        const hessians = new Float64Array(labels.length).fill(0.25);
        const settings = { leaves: 2, minLeafRows: 3, learningRate: 1, l2: 1 };
        const tree = createTreeGrower(binRows(rows, features), settings).grow(
          Int32Array.from(labels, (_, row) => row),
          Array.from({ length: features }, (_, feature) => feature),
          { gradients, hessians },
        );
        const score = (members: readonly number[]) =>
          members.reduce((sum, row) => sum + (gradients[row] as number), 0) ** 2 / (members.length * 0.25 + 1);
        const everyone = [...labels.keys()];
        const gainOf = (feature: number, threshold: number) => {
          const left = everyone.filter((row) => (rows[row * features + feature] as number) <= threshold);
          const right = everyone.filter((row) => (rows[row * features + feature] as number) > threshold);
          return left.length < 3 || right.length < 3 ? 0 : score(left) + score(right) - score(everyone);
        };
        let best = 0;
        if (labels.length <= MAX_BINS) {
          for (let at = 0; at < rows.length; at += 1) best = Math.max(best, gainOf(at % features, rows[at] as number));
        }
        const found = tree.left.length > 1 ? gainOf(tree.feature[0] as number, tree.threshold[0] as number) : 0;
        expect(found).toBeGreaterThanOrEqual(best - 1e-9);
      }),
      { numRuns: 40 },
    );
  });
});

describe('boosting', () => {
  it('lowers the loss on what it is trained on with every tree', () => {
    const { rows, labels, features } = problem(4, 1_000, 3);
    const { trees, ...rest } = boostTrees(rows, features, labels, options, seededRandom(1));
    const losses = trees.map((_, grown) => lossOf({ ...rest, trees: trees.slice(0, grown + 1) }, rows, labels));
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
    expect(losses.at(-1)).toBeLessThan(losses[0] as number);
  });

  it('begins at the log-odds of the target, also when all labels are the same', () => {
    const rows = Float32Array.from({ length: 40 }, (_, i) => i);
    const quarter = Uint8Array.from({ length: 40 }, (_, i) => Number(i % 4 === 0));
    expect(boostTrees(rows, 1, quarter, options, seededRandom(1)).baseScore).toBeCloseTo(Math.log(1 / 3), 6);
    const always = boostTrees(rows, 1, new Uint8Array(40).fill(1), options, seededRandom(1));
    expect(predictEnsemble(always, rows)).toBeGreaterThan(0.99999);
  });

  it('splits on no more than its share of the features in a tree, on others in another', () => {
    const { rows, labels, features } = problem(9, 500, 5);
    const { trees } = boostTrees(
      rows,
      features,
      labels,
      { ...options, featureFraction: 0.2, rowFraction: 0.5 },
      seededRandom(3),
    );
    const used = trees.map((tree) => new Set(tree.feature.filter((_, node) => (tree.left[node] as number) >= 0)));
    for (const set of used) expect(set.size).toBeLessThanOrEqual(1);
    expect(new Set(used.flatMap((set) => [...set])).size).toBeGreaterThan(2);
  });
});

it('metrics are those of their definitions', () => {
  const tree: DecisionTree = {
    feature: Int32Array.of(0, 0, 0),
    threshold: Float32Array.of(0, 0, 0),
    left: Int32Array.of(1, -1, -1),
    right: Int32Array.of(2, -1, -1),
    value: Float32Array.of(0, Math.log(1 / 3), Math.log(3)),
  };
  const ensemble = { featureCount: 1, baseScore: 0, trees: [tree] };
  const metrics = validationMetrics(ensemble, Float32Array.of(-1, -1, 1, 1), Uint8Array.of(0, 1, 1, 1));
  expect(metrics?.accuracy).toBe(0.75);
  expect(metrics?.upShare).toBe(0.75);
  expect(metrics?.logLoss).toBeCloseTo(-(3 * Math.log(0.75) + Math.log(0.25)) / 4, 6);
  const coin = { featureCount: 1, baseScore: 0, trees: [] };
  expect(validationMetrics(coin, Float32Array.of(1, 1), Uint8Array.of(0, 1))?.accuracy).toBe(0.5);
  const certain = { featureCount: 1, baseScore: 800, trees: [] };
  expect(validationMetrics(certain, Float32Array.of(1), Uint8Array.of(0))?.logLoss).toBeCloseTo(-Math.log(1e-15), 6);
});

describe('seeded random numbers', () => {
  it('repeat with their seed, and are spread evenly over 0 to 1', () => {
    const numbers = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 10_000 }, () => random.next());
    };
    const drawn = numbers(1);
    expect(numbers(1)).toEqual(drawn);
    expect(numbers(2)).not.toEqual(drawn);
    const tenths = Array.from(
      { length: 10 },
      (_, tenth) => drawn.filter((value) => Math.floor(value * 10) === tenth).length,
    );
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  it('give identifiers of 32 hexadecimal digits', () => {
    const random = seededRandom(1);
    expect(random.id()).toMatch(/^[0-9a-f]{32}$/);
    expect(random.id()).not.toBe(random.id());
  });
});
