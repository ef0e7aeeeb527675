import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../../../src/core/tracking/search/parse-filter.ts';
import { parseOrderBy } from '../../../../src/core/tracking/search/parse-order-by.ts';

describe('what a search may start from', () => {
  it('names equalities by their canonical names', () => {
    const text =
      "created = 5 AND `Run name` = 'x' AND params.lr = '0.1' AND metrics.acc = 1 AND tags.a != 'b' AND datasets.name = 'd'";
    expect(parseFilter('runs', text).equalities).toEqual([
      { entity: 'attribute', key: 'start_time', value: 5 },
      { entity: 'attribute', key: 'run_name', value: 'x' },
      { entity: 'param', key: 'lr', value: '0.1' },
      { entity: 'metric', key: 'acc', value: 1 },
    ]);
  });

  it('names an experiment id as the number that it is', () => {
    expect(parseFilter('experiments', "experiment_id = '007'").equalities).toEqual([
      { entity: 'attribute', key: 'experiment_id', value: '7' },
    ]);
  });

  it('does not name the tag of prompts when it hides them', () => {
    const text = "tags.`mlflow.prompt.is_prompt` = 'false' AND name = 'm'";
    expect(parseFilter('registered-models', text).equalities).toEqual([
      { entity: 'attribute', key: 'name', value: 'm' },
    ]);
  });

  it('finds nothing to start from in an empty filter', () => {
    expect(parseFilter('runs', '').equalities).toEqual([]);
    expect(parseFilter('runs', undefined).matches({ attributes: {} })).toBe(true);
  });

  it('names the first key of an ordering, and none where the kind orders itself', () => {
    expect(parseOrderBy('runs', ['metrics.`a b` DESC', 'created']).first).toMatchObject({
      entity: 'metric',
      key: 'a b',
      ascending: false,
    });
    expect(parseOrderBy('runs', ['Created']).first).toMatchObject({
      entity: 'attribute',
      key: 'start_time',
      ascending: true,
    });
    expect(parseOrderBy('registered-models', ['timestamp DESC']).first).toMatchObject({
      key: 'last_updated_timestamp',
    });
    expect(parseOrderBy('logged-models', [{ field_name: 'creation_time' }]).first).toMatchObject({
      key: 'creation_timestamp',
    });
    expect(parseOrderBy('runs', undefined).first).toBeUndefined();
  });
});

describe("a run's name", () => {
  it('and its tag mlflow.runName are one thing, whichever is known', () => {
    const named = { attributes: { run_name: 'x' } };
    const tagged = { attributes: {}, tags: { 'mlflow.runName': 'x' } };
    for (const run of [named, tagged]) {
      expect(parseFilter('runs', "run_name = 'x'").matches(run)).toBe(true);
      expect(parseFilter('runs', "tags.mlflow.runName = 'x'").matches(run)).toBe(true);
    }
  });
});

describe('keys of every object', () => {
  it('are not taken for a tag or metric of that name', () => {
    const run = { attributes: {}, tags: {}, metrics: {} };
    expect(parseFilter('runs', 'tags.constructor IS NOT NULL').matches(run)).toBe(false);
    expect(parseFilter('runs', 'metrics.toString != 1').matches(run)).toBe(false);
    expect(() => parseFilter('runs', 'constructor.a = 1')).toThrow("Invalid entity type 'constructor'");
    expect(() => parseFilter('logged-models', 'constructor.a = 1')).toThrow("Invalid entity type: 'constructor'");
  });
});

describe('metrics of logged models', () => {
  it('that are equally new are ordered by the highest step, then by the first run', () => {
    const metric = (value: number, step: number, runId: string) => ({ key: 'acc', value, timestamp: 1, step, runId });
    const low = {
      attributes: { model_id: 'low' },
      modelMetrics: [metric(9, 1, 'a'), metric(1, 2, 'b'), metric(8, 2, 'c')],
    };
    const high = { attributes: { model_id: 'high' }, modelMetrics: [metric(2, 0, 'a')] };
    const { compare } = parseOrderBy('logged-models', [{ field_name: 'metrics.acc', ascending: false }]);
    expect([low, high].toSorted(compare)).toEqual([high, low]);
  });

  it('may be asked for by the digest alone', () => {
    const metric = (value: number, datasetDigest: string) => ({
      key: 'acc',
      value,
      timestamp: 1,
      datasetName: 'd',
      datasetDigest,
    });
    const one = { attributes: { model_id: '1' }, modelMetrics: [metric(9, 'x'), metric(1, 'y')] };
    const two = { attributes: { model_id: '2' }, modelMetrics: [metric(2, 'y'), metric(0, 'x')] };
    const by = (dataset_digest: string) =>
      parseOrderBy('logged-models', [{ field_name: 'metrics.acc', dataset_digest }]);
    expect([two, one].toSorted(by('y').compare)).toEqual([one, two]);
    expect([two, one].toSorted(by('x').compare)).toEqual([two, one]);
  });
});
