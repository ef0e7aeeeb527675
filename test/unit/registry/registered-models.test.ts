import { beforeEach, describe, expect, test } from 'vitest';
import { openRegistryDesk, type RegistryDesk } from '../../support/registry-desk.ts';

const refused = (error_code: string, message: string | RegExp) => ({
  code: error_code,
  message: typeof message === 'string' ? message : expect.stringMatching(message),
});

let desk: RegistryDesk;
beforeEach(() => {
  desk = openRegistryDesk();
});

const create = (name: string, source = 's3://bucket/model') =>
  desk.call('POST', 'model-versions/create', { name, source });
const model = async (name: string) => (await desk.call('GET', 'registered-models/get', { name })).registered_model;
const auditTypes = async () => (await desk.models.audit()).map(({ eventType }) => eventType);

describe('registered models', () => {
  test('are created with the last value of each tag, and say nothing of an empty description', async () => {
    const tags = [
      { key: 'b', value: '1' },
      { key: 'a', value: 'x' },
      { key: 'b', value: '2' },
      { key: 'c', value: '' },
    ];
    const answer = await desk.call('POST', 'registered-models/create', { name: 'trend', description: '', tags });
    const at = desk.clock.now();
    const expected = {
      name: 'trend',
      creation_timestamp: at,
      last_updated_timestamp: at,
      tags: [
        { key: 'a', value: 'x' },
        { key: 'b', value: '2' },
        { key: 'c', value: '' },
      ],
    };
    expect(answer).toEqual({ registered_model: expected });
    expect(await model('trend')).toEqual(expected);
  });

  test.each([
    [
      {},
      "Missing value for required parameter 'name'. See the API docs for more information about request parameters.",
    ],
    [{ name: '' }, /^Missing value for required parameter 'name'\. See/],
    [{ name: null }, /^Missing value for required parameter 'name'\. See/],
    [{ name: ' ' }, "Missing value for required parameter 'name'."],
    [
      { name: 7 },
      "Invalid value 7 for parameter 'name' supplied:  Hint: Value was of type 'int'. See the API docs for more information about request parameters.",
    ],
    [{ name: 'a/b' }, "Invalid model name 'a/b'. Names cannot contain '/' or ':'."],
    [{ name: 'a:b' }, /Names cannot contain/],
    [
      { name: '..' },
      `Invalid value ".." for parameter 'name' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '..'`,
    ],
    [{ name: 'm', tags: 'x' }, /^Invalid value "x" for parameter 'tags' supplied: {2}Hint: Value was of type 'str'/],
    [
      { name: 'm', tags: [{ key: 'k*', value: 'x' }] },
      /^Invalid value "k\*" for parameter 'key' supplied: Names may only contain/,
    ],
    [{ name: 'm', tags: [{ key: 'k'.repeat(251), value: 'x' }] }, "'key' exceeds the maximum length of 250 characters"],
    [
      { name: 'm', tags: [{ key: 'k', value: 'x'.repeat(100_001) }] },
      "'value' exceeds the maximum length of 100000 characters",
    ],
  ])('are refused as the genuine server refuses them: %j', async (input, message) => {
    await expect(desk.call('POST', 'registered-models/create', input)).rejects.toMatchObject(
      refused('INVALID_PARAMETER_VALUE', message),
    );
    expect(await auditTypes()).toEqual([]);
  });

  test('have names of their own', async () => {
    await desk.call('POST', 'registered-models/create', { name: 'm' });
    await expect(desk.call('POST', 'registered-models/create', { name: 'm' })).rejects.toMatchObject(
      refused('RESOURCE_ALREADY_EXISTS', 'Registered Model (name=m) already exists.'),
    );
    await expect(model('other')).rejects.toMatchObject(
      refused('RESOURCE_DOES_NOT_EXIST', 'Registered Model with name=other not found'),
    );
  });

  test('take versions, aliases, stages and tags along to a new name', async () => {
    await desk.call('POST', 'registered-models/create', { name: 'old' });
    await desk.call('POST', 'registered-models/create', { name: 'taken' });
    await create('old');
    await desk.call('POST', 'registered-models/alias', { name: 'old', alias: 'best', version: '1' });
    await desk.call('POST', 'model-versions/transition-stage', { name: 'old', version: '1', stage: 'staging' });
    await expect(
      desk.call('POST', 'registered-models/rename', { name: 'old', new_name: 'taken' }),
    ).rejects.toMatchObject(refused('RESOURCE_ALREADY_EXISTS', /already exists/));
    await desk.call('POST', 'registered-models/rename', { name: 'old', new_name: 'new' });
    const at = desk.clock.now();
    expect(await model('new')).toMatchObject({
      name: 'new',
      last_updated_timestamp: at,
      aliases: [{ alias: 'best', version: '1' }],
      latest_versions: [{ name: 'new', version: '1', current_stage: 'Staging', last_updated_timestamp: at }],
    });
    await expect(model('old')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
    expect(await desk.call('GET', 'model-versions/search', { filter: "name='new'" })).toMatchObject({
      model_versions: [{ name: 'new', version: '1' }],
    });
    await create('new');
    await desk.call('POST', 'registered-models/create', { name: 'old' });
    expect(await create('old')).toMatchObject({ model_version: { version: '1' } });
    expect(await desk.models.auditValid()).toBe(true);
  });

  test('lose their description and tags when told to, and bear no harm from names that objects have', async () => {
    await desk.call('POST', 'registered-models/create', { name: '__proto__', description: 'd' });
    await desk.call('POST', 'registered-models/set-tag', { name: '__proto__', key: '__proto__', value: 'x' });
    await desk.call('POST', 'registered-models/set-tag', { name: '__proto__', key: 'k', value: 'x' });
    await desk.call('DELETE', 'registered-models/delete-tag', { name: '__proto__', key: 'k' });
    await desk.call('DELETE', 'registered-models/delete-tag', { name: '__proto__', key: 'unknown' });
    const updated = await desk.call('PATCH', 'registered-models/update', { name: '__proto__' });
    expect(updated.registered_model).toEqual({
      name: '__proto__',
      creation_timestamp: expect.any(Number),
      last_updated_timestamp: desk.clock.now(),
      tags: [{ key: '__proto__', value: 'x' }],
    });
  });

  test('are deleted with their versions, and a new one of the same name begins anew', async () => {
    await desk.call('POST', 'registered-models/create', { name: 'm' });
    for (let i = 0; i < 45; i++) await create('m');
    await desk.call('DELETE', 'registered-models/delete', { name: 'm' });
    await expect(desk.call('DELETE', 'registered-models/delete', { name: 'm' })).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    });
    await desk.call('POST', 'registered-models/create', { name: 'm' });
    expect(await model('m')).not.toHaveProperty('latest_versions');
    expect(await desk.call('GET', 'model-versions/search', {})).toEqual({});
    expect(await create('m')).toMatchObject({ model_version: { version: '1' } });
  });

  test('that are prompts are not offered', async () => {
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
    await expect(desk.call('POST', 'registered-models/create', { name: 'p', tags })).rejects.toMatchObject({
      code: 'NOT_IMPLEMENTED',
    });
  });

  test('are found by filter and order, page by page', async () => {
    for (const name of ['cat', 'ant', 'bee', 'dog']) {
      await desk.call('POST', 'registered-models/create', {
        name,
        tags: [{ key: 'legs', value: name === 'ant' ? '6' : '4' }],
      });
    }
    const names = async (input: Record<string, string | number | string[]>) => {
      const found: unknown[] = [];
      let page_token: string | undefined;
      do {
        const answer = await desk.call(
          'GET',
          'registered-models/search',
          page_token ? { ...input, page_token } : input,
        );
        found.push(((answer.registered_models ?? []) as { name: string }[]).map(({ name }) => name));
        page_token = answer.next_page_token as string | undefined;
      } while (page_token !== undefined);
      return found;
    };
    expect(await names({ max_results: 3 })).toEqual([['ant', 'bee', 'cat'], ['dog']]);
    expect(await names({ max_results: '2', order_by: 'name DESC' })).toEqual([
      ['dog', 'cat'],
      ['bee', 'ant'],
    ]);
    expect(await names({ order_by: ['timestamp ASC'] })).toEqual([['cat', 'ant', 'bee', 'dog']]);
    expect(await names({ filter: "name = 'bee'" })).toEqual([['bee']]);
    expect(await names({ filter: "name LIKE '%e%'" })).toEqual([['bee']]);
    expect(await names({ filter: "tags.legs = '4'", max_results: 2 })).toEqual([['bee', 'cat'], ['dog']]);
    expect(await names({ filter: "tag.`mlflow.prompt.is_prompt` != 'true'" })).toEqual([['ant', 'bee', 'cat', 'dog']]);
    expect(await desk.call('GET', 'registered-models/search', { max_results: 1 })).toHaveProperty(
      'next_page_token',
      'eyJvZmZzZXQiOiAxfQ==',
    );
  });

  test.each([
    [
      { max_results: '1001' },
      /^Invalid value "1001" for parameter 'max_results' supplied: {2}Hint: Value was of type 'str'/,
    ],
    [{ max_results: 'abc' }, /^Invalid value "abc"/],
    [{ page_token: 'abc' }, /^Invalid page token, /],
    [{ order_by: 'foo' }, /^Invalid order by key 'foo' specified/],
    [{ filter: 'foo' }, /./],
  ])('are not searched with %j', async (input, message) => {
    await expect(desk.call('GET', 'registered-models/search', input)).rejects.toMatchObject(
      refused('INVALID_PARAMETER_VALUE', message),
    );
  });
});

describe('aliases', () => {
  beforeEach(async () => {
    await desk.call('POST', 'registered-models/create', { name: 'm' });
    await create('m');
    await create('m');
  });
  const set = (alias: string, version = '1') =>
    desk.call('POST', 'registered-models/alias', { name: 'm', alias, version });
  const get = (alias: string) => desk.call('GET', 'registered-models/alias', { name: 'm', alias });

  test('name one version each, and show on it', async () => {
    await set('champ');
    await set('beta');
    expect(await get('champ')).toMatchObject({ model_version: { version: '1', aliases: ['beta', 'champ'] } });
    await set('champ', '2');
    expect(await get('champ')).toMatchObject({ model_version: { version: '2', aliases: ['champ'] } });
    expect(await model('m')).toMatchObject({
      aliases: [
        { alias: 'beta', version: '1' },
        { alias: 'champ', version: '2' },
      ],
    });
    await desk.call('DELETE', 'registered-models/alias', { name: 'm', alias: 'champ' });
    await desk.call('DELETE', 'registered-models/alias', { name: 'm', alias: 'champ' });
    await expect(get('champ')).rejects.toMatchObject(
      refused('INVALID_PARAMETER_VALUE', 'Registered model alias champ not found.'),
    );
    expect((await auditTypes()).slice(-4)).toEqual(['AliasSet', 'AliasSet', 'AliasSet', 'AliasDeleted']);
  });

  test('go with the version they name, and latest is always the newest', async () => {
    await set('champ', '2');
    expect(await get('LATEST')).toMatchObject({ model_version: { version: '2' } });
    await desk.call('DELETE', 'model-versions/delete', { name: 'm', version: '2' });
    await expect(get('champ')).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
    expect(await get('latest')).toMatchObject({ model_version: { version: '1' } });
  });

  test.each([
    ['latest', '1', "'latest' alias name (case insensitive) is reserved."],
    ['V12', '1', "Version alias name 'V12' is reserved."],
    ['a b', '1', "Invalid alias name: 'a b'. Names may only contain alphanumerics, underscores (_), and dashes (-)."],
    ['a'.repeat(256), '1', "'Registered model alias name' exceeds the maximum length of 255 characters"],
    ['x', 'abc', "Parameter 'version' must be an integer, got 'abc'."],
  ])('are refused: %s of %s', async (alias, version, message) => {
    await expect(set(alias, version)).rejects.toMatchObject(refused('INVALID_PARAMETER_VALUE', message));
  });

  test('need a version that is there', async () => {
    await expect(set('x', '99')).rejects.toMatchObject(
      refused('RESOURCE_DOES_NOT_EXIST', 'Model Version (name=m, version=99) not found'),
    );
  });
});
