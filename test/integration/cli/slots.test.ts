import { describe, expect, test } from 'vitest';
import { systemRandom } from '../../../src/adapters/local/system-random.ts';
import { queryAudit } from '../../../src/core/audit/query-audit.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { createRegisteredModel } from '../../../src/core/registry/create-registered-model.ts';
import { readRegisteredModel } from '../../../src/core/registry/registered-model.ts';
import { openDesk, SLOT } from './support/open-desk.ts';

async function deskWithModel() {
  const desk = openDesk();
  await desk.register('run-1', 0.52);
  const wish = {
    id: 'made',
    user: 'desk',
    now: epochMillis(1),
    sessionId: 'desk',
    can: () => true,
    mayUse: () => true,
    name: 'btc-trend',
    description: '',
    tags: [],
  };
  const model = await createRegisteredModel(wish, { ledger: desk.ledger, random: systemRandom() });
  return { ...desk, model };
}

describe('ares slots', () => {
  test('binds a registered model to a slot and ends it, each once, in the name of the person', async () => {
    const desk = await deskWithModel();
    const bound = await desk.ares('slots', 'bind', 'btc-trend', SLOT, '--user', 'ada', '--json');
    expect(bound).toMatchObject({ code: 0, stderr: '' });
    expect(bound.json()).toEqual({ outcome: 'bound', name: 'btc-trend', slot: SLOT });
    expect((await desk.ares('slots', 'bind', 'btc-trend', SLOT)).stdout).toBe(
      `btc-trend is bound to ${SLOT} already.\n`,
    );
    expect((await readRegisteredModel(desk.ledger, 'btc-trend')).model.slot).toBe(SLOT);
    expect((await desk.ares('slots', 'list', '--json')).json()).toEqual([
      { slot: SLOT, championRunId: null, champion: null, models: ['btc-trend'] },
    ]);
    expect((await desk.ares('slots', 'unbind', 'btc-trend')).stdout).toBe(`btc-trend is no longer bound to ${SLOT}.\n`);
    expect((await desk.ares('slots', 'unbind', 'btc-trend')).stdout).toBe('btc-trend is bound to no slot.\n');
    const { entries } = await queryAudit(desk.ledger, { stream: 'models', limit: 10 });
    const changes = entries.filter(({ eventType }) => /Bound|Unbound/.test(eventType));
    expect(changes.map(({ eventType }) => eventType).toSorted()).toEqual([
      'RegisteredModelBound',
      'RegisteredModelUnbound',
    ]);
    expect(changes.find(({ eventType }) => eventType === 'RegisteredModelBound')?.user).toBe('ada');
  });

  test('says which version a slot trades with, and refuses to unbind it', async () => {
    const desk = await deskWithModel();
    await desk.ares('slots', 'bind', 'btc-trend', SLOT);
    await desk.promote('run-1');
    await desk.ledger.commit({
      token: 'pointer',
      writes: [
        {
          kind: 'put',
          key: keys.versionOfCandidate(SLOT, 'run-1'),
          expected: 'absent',
          value: { modelId: desk.model.id, version: 4, command: 'made' },
        },
      ],
      audit: [],
      events: [],
    });
    expect((await desk.ares('slots', 'list')).stdout).toMatch(/run-1 +btc-trend version 4 +btc-trend\n/);
    const refused = await desk.ares('slots', 'unbind', 'btc-trend');
    expect(refused).toMatchObject({
      code: 4,
      stdout: expect.stringMatching(/^Refused: .*version 4 is what slot .* trades with/),
    });
  });

  test('refuses what is no model and no slot', async () => {
    const desk = await deskWithModel();
    expect(await desk.ares('slots', 'bind', 'nothing', SLOT)).toMatchObject({
      code: 1,
      stderr: 'ares: RESOURCE_DOES_NOT_EXIST: Registered Model with name=nothing not found\n',
    });
    expect(await desk.ares('slots', 'bind', 'btc-trend', 'somewhere')).toMatchObject({ code: 2 });
  });
});
