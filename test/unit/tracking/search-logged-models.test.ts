import { beforeEach, describe, expect, test } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { createLoggedModel } from '../../../src/core/tracking/create-logged-model.ts';
import { deleteLoggedModel, setLoggedModelTags } from '../../../src/core/tracking/logged-model-changes.ts';
import { loggedModelMetrics } from '../../../src/core/tracking/logged-model-metrics.ts';
import { type LoggedModelSearch, searchLoggedModels } from '../../../src/core/tracking/search-logged-models.ts';
import { createMemoryLedger, type MemoryLedger } from '../../support/memory-ledger.ts';

let now = 1_000;
let ids = 0;
let ledger: MemoryLedger;
const wallClock = { now: () => epochMillis(now) };
const random = { next: () => 0.5, id: () => String(++ids).padStart(32, '0') };
const ports = () => ({ ledger, random, wallClock });
const all: LoggedModelSearch = {
  experimentIds: ['1'],
  filter: '',
  datasets: [],
  orderBy: [],
  maxResults: 0,
  pageToken: '',
};

async function create(name: string, experimentId = '1', params: Record<string, string> = {}) {
  const home = {
    experimentId,
    artifactLocation: `mlflow-artifacts:/${experimentId}`,
    lifecycleStage: 'active',
  } as const;
  const pairs = Object.entries(params).map(([key, value]) => ({ key, value }));
  const { modelId } = await createLoggedModel(ports(), home, {
    name,
    modelType: 'sklearn',
    sourceRunId: '',
    params: pairs,
    tags: [],
  });
  now += 1;
  return modelId;
}
const log = (modelId: string, key: string, value: number, more = {}) =>
  loggedModelMetrics(ports(), 'run', [{ key, value, timestamp: now++, step: 0, modelId, ...more }]);
const search = (asked: Partial<LoggedModelSearch>) => searchLoggedModels(ledger, { ...all, ...asked });
const names = async (asked: Partial<LoggedModelSearch> = {}) =>
  (await search(asked)).found.map(({ model }) => model.name);

beforeEach(() => {
  ledger = createMemoryLedger();
  now = 1_000;
  ids = 0;
});

describe('a search of logged models', () => {
  test('gives those of the experiments, newest first, without the deleted', async () => {
    await create('a');
    const deleted = await create('b');
    await create('c', '2');
    await create('d');
    await deleteLoggedModel(ports(), deleted, { id: 'c', user: 'u', now: epochMillis(now), sessionId: 's' });
    expect(await names()).toEqual(['d', 'a']);
    expect(await names({ experimentIds: ['1', '2', '1'] })).toEqual(['d', 'c', 'a']);
    expect(await names({ experimentIds: ['3'] })).toEqual([]);
    expect(await names({ experimentIds: [] })).toEqual([]);
  });

  test('filters by attributes, parameters, tags and metrics', async () => {
    const one = await create('one', '1', { depth: '3' });
    const two = await create('two', '1', { depth: '5' });
    await setLoggedModelTags(ports(), two, [{ key: 'team', value: 'x' }]);
    await log(one, 'accuracy', 0.5);
    await log(two, 'accuracy', 0.7);
    expect(await names({ filter: "name LIKE 'o%'" })).toEqual(['one']);
    expect(await names({ filter: "params.depth = '5'" })).toEqual(['two']);
    expect(await names({ filter: "tags.team = 'x'" })).toEqual(['two']);
    expect(await names({ filter: 'metrics.accuracy > 0.6' })).toEqual(['two']);
    expect(await names({ filter: 'metrics.accuracy > 0.1 AND metrics.accuracy < 0.6' })).toEqual(['one']);
    expect(await names({ filter: 'metrics.`accuracy` >= 0.5' })).toEqual(['two', 'one']);
    expect(await names({ filter: `creation_timestamp > 1000` })).toEqual(['two']);
    await expect(search({ filter: "a = 'b' OR c = 'd'" })).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
  });

  test('looks at the metrics of the data sets asked for', async () => {
    const one = await create('one');
    const two = await create('two');
    await log(one, 'accuracy', 0.9, { datasetName: 'test', datasetDigest: 'g' });
    await log(two, 'accuracy', 0.9);
    const datasets = [{ dataset_name: 'test', dataset_digest: 'g' }];
    expect(await names({ datasets })).toEqual(['one']);
    expect(await names({ datasets, filter: 'metrics.accuracy > 0.95' })).toEqual([]);
    await expect(search({ datasets: [{ dataset_name: '' }] })).rejects.toThrow(
      '`dataset_name` in the `datasets` clause must be specified.',
    );
  });

  test('orders by metrics, models without one last either way', async () => {
    const [low, , high] = [await create('low'), await create('none'), await create('high')];
    await log(low, 'accuracy', 0.2);
    await log(high, 'accuracy', 0.8);
    const by = (ascending: boolean) => names({ orderBy: [{ field_name: 'metrics.accuracy', ascending }] });
    expect(await by(true)).toEqual(['low', 'high', 'none']);
    expect(await by(false)).toEqual(['high', 'low', 'none']);
    expect(await names({ orderBy: [{ field_name: 'name' }] })).toEqual(['high', 'low', 'none']);
  });

  test('gives each found model with all its metrics', async () => {
    const one = await create('one');
    await log(one, 'a', 1);
    await log(one, 'b', 2);
    for (const filter of ['', 'metrics.a = 1']) {
      const { found } = await search({ filter });
      expect(found[0]?.metrics.map(({ key, value }) => [key, value])).toEqual([
        ['a', 1],
        ['b', 2],
      ]);
    }
  });

  test('gives pages that together are the whole, in every order', async () => {
    for (let n = 0; n < 25; n++) await create(`m${String(n).padStart(2, '0')}`);
    for (const asked of [
      {},
      { orderBy: [{ field_name: 'name' }] },
      { filter: "name LIKE 'm%'", experimentIds: ['1', '2'] },
    ]) {
      const whole = await names(asked);
      const paged: string[] = [];
      let pageToken = '';
      do {
        const page = await search({ ...asked, maxResults: 10, pageToken });
        paged.push(...page.found.map(({ model }) => model.name));
        pageToken = page.nextPageToken ?? '';
      } while (pageToken !== '');
      expect(paged).toEqual(whole);
      expect(paged.length).toBe(25);
    }
  });

  test('gives 100 unless asked for more', async () => {
    for (let n = 0; n < 101; n++) await create(`m${n}`);
    expect((await names()).length).toBe(100);
    expect((await names({ maxResults: 1_000 })).length).toBe(101);
  });

  test('refuses a token that is none, or of another search', async () => {
    for (let n = 0; n < 3; n++) await create(`é${n}`);
    const filter = "name LIKE 'é%'";
    const { nextPageToken: pageToken = '' } = await search({ filter, maxResults: 1 });
    expect(await names({ filter, maxResults: 1, pageToken })).toEqual(['é1']);
    await expect(search({ filter: '', pageToken })).rejects.toThrow(
      'Filter string in the page token does not match the requested filter string. Expected: None.',
    );
    await expect(search({ filter, experimentIds: ['2'], pageToken })).rejects.toThrow(
      "Experiment IDs in the page token do not match the requested experiment IDs. Expected: ['2']. Found: ['1']",
    );
    await expect(search({ filter, orderBy: [{ field_name: 'name' }], pageToken })).rejects.toThrow(
      'Order by in the page token does not match the requested order by',
    );
    for (const wrong of ['xx', '%%%', btoa('[]'), btoa('{"offset":-1}'), btoa('\xff')]) {
      await expect(search({ pageToken: wrong })).rejects.toThrow(/Invalid page token/);
    }
    await expect(search({ pageToken: btoa('{}') })).rejects.toThrow("Expected: ['1']. Found: None");
  });

  test('refuses an experiment id that is none, and fewer than no results', async () => {
    await expect(search({ experimentIds: ['x'] })).rejects.toThrow(
      "Invalid experiment ID 'x'. Experiment ID must be a valid integer.",
    );
    await expect(search({ maxResults: -1 })).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
  });

  test('reads one page of the index, and the metrics of what it gives, where neither filter nor order ask for more', async () => {
    for (let n = 0; n < 1_001; n++) await create(`m${n}`);
    let reads = 0;
    const counting = {
      get: ledger.get,
      query: (query: Parameters<typeof ledger.query>[0]) => {
        reads++;
        return ledger.query(query);
      },
    };
    await searchLoggedModels(counting, { ...all, maxResults: 5 });
    expect(reads).toBe(1 + 5);
  });
});
