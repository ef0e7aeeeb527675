import { expect, test } from 'vitest';
import { listBindings } from '../../../src/core/registry/list-bindings.ts';
import { openRegistryDesk } from '../../support/registry-desk.ts';

test('every slot is listed with the models bound to it, and the version that is its champion', async () => {
  const desk = openRegistryDesk();
  const list = () => listBindings(desk.ledger);
  for (const name of ['trend', 'plain']) await desk.call('POST', 'registered-models/create', { name });
  expect((await list()).flatMap(({ models }) => models)).toEqual([]);
  await desk.call('POST', 'registered-models/set-tag', { name: 'trend', key: 'ares.slot', value: desk.slot });
  expect(await list()).toEqual([{ slot: desk.slot, championRunId: null, champion: null, models: ['trend'] }]);
  await desk.candidate('trend', 0.6);
  await desk.call('POST', 'registered-models/alias', { name: 'trend', alias: 'champion', version: '1' });
  expect(await list()).toEqual([
    { slot: desk.slot, championRunId: 'trend.v1', champion: { model: 'trend', version: 1 }, models: ['trend'] },
  ]);
});

test('a champion that no registered model has made has no version', async () => {
  const desk = openRegistryDesk();
  await desk.models.register('alone', 0.6);
  await desk.models.check();
  expect(await listBindings(desk.ledger)).toEqual([
    { slot: desk.slot, championRunId: 'alone', champion: null, models: [] },
  ]);
});
