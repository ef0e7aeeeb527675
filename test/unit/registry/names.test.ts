import { describe, expect, test } from 'vitest';
import { checkAlias, checkModelName } from '../../../src/core/registry/check-names.ts';
import { parseModelUri } from '../../../src/core/registry/model-uri.ts';
import { normalPath, pathNotUnique } from '../../../src/core/registry/normal-path.ts';
import { splitUri } from '../../../src/core/registry/source-uri.ts';
import { openRegistryDesk } from '../../support/registry-desk.ts';

describe('the address of a model', () => {
  test.each([
    ['/m-1', { modelId: 'm-1' }],
    ['/trend/3', { name: 'trend', version: '3' }],
    ['/trend/Latest', { name: 'trend' }],
    ['/trend/Production', { name: 'trend', stage: 'Production' }],
    ['/trend@champion', { name: 'trend', alias: 'champion' }],
    ['/a@b@c', { name: 'a@b', alias: 'c' }],
    ['trend/1', undefined],
    ['/', undefined],
    ['/a/1/model', undefined],
    ['/ /1', undefined],
    ['/trend/ ', undefined],
    ['/trend@ ', undefined],
  ])('%s is read', (path, uri) => {
    expect(parseModelUri(path)).toEqual(uri);
  });

  test.each([
    ['//a//b/./c/', '//a/b/c'],
    ['/../a', '/a'],
    ['../../a/..', '../..'],
    ['', '.'],
    ['a/..', '.'],
  ])('the path %s is %s', (path, normal) => {
    expect(normalPath(path)).toBe(normal);
  });

  test('a name that would lead elsewhere as a path is not unique', () => {
    expect(['a', 'a/../b', '..', '/a', '.'].map(pathNotUnique)).toEqual([false, true, true, true, true]);
  });

  test('what follows a host or a path is none of it', () => {
    expect(splitUri('s3://bucket/a?b#c')).toMatchObject({ scheme: 's3', authority: 'bucket', path: '/a' });
  });
});

describe('names', () => {
  test('have bounds', () => {
    expect(() => checkModelName('ä'.repeat(1_000))).toThrow(/exceeds|length|at most/i);
    expect(() => checkAlias('')).toThrow('cannot be empty');
  });

  test('given again change nothing, and what is not there is not taken away', async () => {
    const desk = openRegistryDesk();
    const call = (method: 'POST' | 'DELETE', path: string, input = {}) =>
      desk.call(method, path, { name: 'trend', ...input });
    await call('POST', 'registered-models/create');
    await desk.createOf('trend', await desk.log('r', new Uint8Array([1])), 'r');
    const twice = [
      ['POST', 'registered-models/rename', { new_name: 'trend' }],
      ['POST', 'registered-models/set-tag', { key: 'k', value: 'v' }],
      ['POST', 'registered-models/alias', { alias: 'best', version: '1' }],
      ['POST', 'model-versions/set-tag', { version: '1', key: 'k', value: 'v' }],
    ] as const;
    for (const [method, path, input] of twice) await call(method, path, input);
    const { model_version: before } = await desk.call('GET', 'model-versions/get', { name: 'trend', version: '1' });
    const entries = (await desk.models.audit()).length;
    for (const [method, path, input] of twice.slice(1)) await call(method, path, input);
    await call('DELETE', 'model-versions/delete-tag', { version: '1', key: 'absent' });
    const { model_version: after } = await desk.call('GET', 'model-versions/get', { name: 'trend', version: '1' });
    // As with the genuine server, to say the same again is news.
    expect(after).toEqual({ ...(before as object), last_updated_timestamp: expect.any(Number) });
    expect(await desk.models.audit()).toHaveLength(entries);
  });

  test.each([
    ['registered-models', 1_001],
    ['model-versions', 200_001],
  ])('a search of %s gives at most so many at once', async (kind, max_results) => {
    const desk = openRegistryDesk();
    await expect(desk.call('GET', `${kind}/search`, { max_results })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    });
  });

  test.each(['0', 'x', '-1', '9999999999999999'])('no version has the number %s', async (version) => {
    const desk = openRegistryDesk();
    await desk.call('POST', 'registered-models/create', { name: 'trend' });
    await expect(desk.call('GET', 'model-versions/get', { name: 'trend', version })).rejects.toThrow();
  });
});
