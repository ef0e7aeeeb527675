import { describe, expect, it } from 'vitest';
import { coverageTable, missingCells } from './coverage-table.ts';
import { addCoverage, COVERED_STATES, type Coverage, faultKinds, noCoverage } from './faults.ts';
import { findPlantedBugs } from './find-planted-bugs.ts';
import { plantedBugs } from './planted-bugs.ts';
import { BARS, runSeed } from './run-seed.ts';
import { runSeeds } from './run-seeds.ts';

describe('a simulated world', () => {
  it('is the same world each time for the same seed, and another one for another', async () => {
    const [one, same, other] = [await runSeed(7), await runSeed(7, { trace: true }), await runSeed(8)];
    expect(same.hash).toBe(one.hash);
    expect(same.steps).toBe(one.steps);
    expect(same.lines.length).toBeGreaterThan(BARS);
    expect(other.hash).not.toBe(one.hash);
  });

  it('keeps every promise over twenty seeds, each of at least 500 bars and 10 faults', async () => {
    const result = await runSeeds({ from: 101, seeds: 20 });
    expect(result.violations).toEqual([]);
    expect(result.seeds).toBe(20);
    expect(result.bars).toBeGreaterThanOrEqual(20 * 500);
    expect(result.fewestFaults).toBeGreaterThanOrEqual(10);
    expect(result.orders).toBeGreaterThan(20 * 50);
  });
});

describe('bugs put in on purpose', () => {
  it('are ten at least, each with a name of its own', () => {
    expect(plantedBugs.length).toBeGreaterThanOrEqual(10);
    expect(new Set(plantedBugs.map(({ name }) => name)).size).toBe(plantedBugs.length);
  });

  it.each(plantedBugs.map(({ name }) => name))('are found: %s', async (name) => {
    const [found] = await findPlantedBugs({ from: 1, seeds: 100, names: [name] });
    expect(found).toMatchObject({ name, seed: expect.any(Number), violation: expect.any(String) });
  });
});

describe('the table of faults and states', () => {
  const everywhere = (count: number): Coverage => {
    const coverage = noCoverage();
    for (const kind of faultKinds) for (const state of COVERED_STATES) coverage[kind][state] = count;
    return coverage;
  };

  it('names exactly the cells that were never reached', () => {
    const coverage = everywhere(3);
    expect(missingCells(coverage)).toEqual([]);
    coverage['long pause'].unknown = 0;
    expect(missingCells(coverage)).toEqual([{ kind: 'long pause', state: 'unknown' }]);
    expect(coverageTable(coverage)).toMatch(/^long pause .*NEVER/m);
  });

  it('adds up what seeds have reached', () => {
    const total = everywhere(1);
    addCoverage(total, everywhere(2));
    expect(total).toEqual(everywhere(3));
  });
});
