import { beforeEach, describe, expect, test } from 'vitest';
import { updateConfig } from '../../../src/core/config/update-config.ts';
import type { JsonObject } from '../../../src/core/ports/ledger.ts';
import { MAX_ONNX_BYTES } from '../../../src/core/registry/read-onnx.ts';
import { sampleBytes } from '../../support/model-bytes.ts';
import { caller, openRegistryDesk, type RegistryDesk } from '../../support/registry-desk.ts';

let desk: RegistryDesk;
beforeEach(async () => {
  desk = openRegistryDesk();
  await desk.call('POST', 'registered-models/create', { name: 'trend' });
  await bind();
});

const bind = (name = 'trend', value: string = desk.slot, who = caller()) =>
  desk.call('POST', 'registered-models/set-tag', { name, key: 'ares.slot', value }, who);
const unbind = (name = 'trend') => desk.call('DELETE', 'registered-models/delete-tag', { name, key: 'ares.slot' });
const setAlias = (version: string, alias = 'champion', who = caller()) =>
  desk.call('POST', 'registered-models/alias', { name: 'trend', alias, version }, who);
const stage = (version: string, to: string, who = caller()) =>
  desk.call('POST', 'model-versions/transition-stage', { name: 'trend', version, stage: to }, who);
const version = async (number: string) =>
  (await desk.call('GET', 'model-versions/get', { name: 'trend', version: number })).model_version as JsonObject;
const shown = async (number: string) => {
  const { current_stage, aliases = [] } = await version(number);
  return [current_stage, ...(aliases as string[])];
};
const registered = async (name = 'trend') =>
  (await desk.call('GET', 'registered-models/get', { name })).registered_model as JsonObject;
const mayOverrule = (apiMayOverrule: boolean) =>
  updateConfig({ ...desk.models.command(), patch: { registry: { apiMayOverrule } } }, { ledger: desk.ledger });

describe('a version of a model that is bound to a slot', () => {
  test('is a candidate of the slot with the params and metrics of its run, written in one commit', async () => {
    const source = await desk.log('abc', sampleBytes('abc'), {
      params: { depth: '6' },
      metrics: { accuracy: 0.6, loss: Number.NaN },
      tags: { 'ares.evaluation': '{"from":2000,"to":3000,"rows":500}' },
    });
    const tokens: string[] = [];
    desk.models.ledger.afterCommit = (token) => void tokens.push(token);
    await desk.createOf('trend', source, 'abc');
    expect(tokens.filter((token) => !token.startsWith('slot:'))).toHaveLength(1);
    expect(await desk.models.model('trend.v1')).toMatchObject({
      state: 'candidate',
      registeredBy: 'grace',
      params: { depth: '6', 'mlflow.model': 'trend', 'mlflow.version': '1', 'mlflow.run_id': 'abc' },
      metrics: { accuracy: 0.6 },
      evaluation: { from: 2000, to: 3000, rows: 500 },
    });
    expect((await desk.models.model('trend.v1')).metrics).not.toHaveProperty('loss');
    expect(await version('1')).toMatchObject({
      current_stage: 'None',
      run_id: 'abc',
      tags: [
        { key: 'ares.run', value: 'trend.v1' },
        { key: 'model_status', value: 'candidate' },
      ],
    });
    const audit = await desk.models.audit();
    expect(audit.slice(-2).map(({ eventType, user }) => [eventType, user])).toEqual([
      ['ModelRegistered', 'grace'],
      ['ModelVersionCreated', 'grace'],
    ]);
    expect(await desk.models.auditValid()).toBe(true);
  });

  test('leaves nothing behind when the process dies before the commit, and the same call works again', async () => {
    const source = await desk.log('abc', sampleBytes('abc'));
    desk.models.ledger.beforeCommit = (token) => {
      if (token.startsWith('register:')) throw new Error('crash');
    };
    await expect(desk.createOf('trend', source, 'abc')).rejects.toThrow('crash');
    desk.models.ledger.beforeCommit = undefined;
    expect(await desk.models.models()).toEqual([]);
    expect(await desk.call('GET', 'model-versions/search', {})).toEqual({});
    expect(await desk.createOf('trend', source, 'abc')).toMatchObject({ version: 1 });
    expect(await desk.models.models()).toHaveLength(1);
  });

  test('gets a number and a candidate of its own when several come at once', async () => {
    const sources = await Promise.all([1, 2, 3, 4, 5].map((i) => desk.log(`r${i}`, sampleBytes(`r${i}`))));
    const made = await Promise.all(sources.map((source, i) => desk.createOf('trend', source, `r${i + 1}`)));
    expect(made.map((one) => one.version).toSorted()).toEqual([1, 2, 3, 4, 5]);
    const runs = (await desk.models.models()).map(({ runId }) => runId);
    expect(runs.toSorted()).toEqual(['trend.v1', 'trend.v2', 'trend.v3', 'trend.v4', 'trend.v5']);
    for (const { version: number, runId, candidate } of made) {
      expect((await desk.models.model(candidate?.runId ?? '')).params).toMatchObject({
        'mlflow.version': String(number),
        'mlflow.run_id': runId,
      });
    }
  });

  test('gets another number when somebody else takes it between reading and writing', async () => {
    const other = await desk.log('other', sampleBytes('other'));
    const source = await desk.log('abc', sampleBytes('abc'));
    let came = false;
    desk.models.ledger.beforeCommit = async (token) => {
      if (came || !token.startsWith('register:')) return;
      came = true;
      await desk.createOf('trend', other, 'other');
    };
    expect(await desk.createOf('trend', source, 'abc')).toMatchObject({ version: 2, candidate: { runId: 'trend.v2' } });
    expect((await desk.models.model('trend.v1')).params).toMatchObject({ 'mlflow.run_id': 'other' });
  });

  test('copied from another version is another candidate', async () => {
    await desk.candidate('trend', 0.6);
    const copy = await desk.createOf('trend', 'models:/trend/1');
    expect(copy).toMatchObject({ version: 2, runId: 'run-0.6', candidate: { runId: 'trend.v2' } });
    const [one, two] = await Promise.all([desk.models.model('trend.v1'), desk.models.model('trend.v2')]);
    expect(two).toMatchObject({ modelHash: one.modelHash, metrics: one.metrics, evaluation: one.evaluation });
  });

  test('is told apart from a candidate of a deleted model with the same name and number', async () => {
    await desk.candidate('trend', 0.6);
    await desk.call('DELETE', 'registered-models/delete', { name: 'trend' });
    expect(await desk.models.model('trend.v1')).toMatchObject({ state: 'archived' });
    await desk.call('POST', 'registered-models/create', {
      name: 'trend',
      tags: [{ key: 'ares.slot', value: desk.slot }],
    });
    const made = await desk.candidate('trend', 0.7);
    expect(made).toMatchObject({ version: 1, candidate: { runId: expect.stringMatching(/^trend\.v1\.[0-9a-f]{8}$/) } });
  });

  test.each([
    [
      'is no ONNX model',
      'model.lgb',
      (name: string) => sampleBytes(name),
      /must be an ONNX model, its folder .* has MLmodel, model.lgb/,
    ],
    ['has no signature', 'model.onnx', () => new Uint8Array([1, 2]), /Nothing was registered/],
    [
      'is for another timeframe',
      'model.onnx',
      (name: string) => sampleBytes(name, { timeframe: '5m' }),
      /does not fit its slot: the model's timeframe must be 1m, was 5m/,
    ],
  ])('is not made of a model that %s, and nothing is registered', async (_what, file, bytes, message) => {
    const source = await desk.log('abc', bytes('abc'), {}, file);
    await expect(desk.createOf('trend', source, 'abc')).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringMatching(message),
    });
    expect(await desk.models.models()).toEqual([]);
    expect(await desk.call('GET', 'model-versions/search', {})).toEqual({});
  });

  test('is not made of a file above the limit, of files elsewhere, or of figures that mean nothing', async () => {
    const invalid = (message: RegExp) => ({ code: 'INVALID_PARAMETER_VALUE', message: expect.stringMatching(message) });
    const big = await desk.log('big', new Uint8Array(MAX_ONNX_BYTES + 1));
    await expect(desk.createOf('trend', big, 'big')).rejects.toMatchObject(
      invalid(/must have at most 67108864 bytes, had 67108865/),
    );
    await expect(desk.createOf('trend', 's3://elsewhere/x')).rejects.toMatchObject(
      invalid(/must lie under mlflow-artifacts/),
    );
    const source = await desk.log('abc', sampleBytes('abc'), { metrics: { accuracy: 60 } });
    await expect(desk.createOf('trend', source, 'abc')).rejects.toMatchObject(
      invalid(/accuracy must be a number from 0 to 1/),
    );
    const tags = [['ares.evaluation', '{"from":3,"to":2,"rows":1}']] as const;
    await expect(desk.createOf('trend', source, 'abc', { tags })).rejects.toMatchObject(
      invalid(/^ares.evaluation must be like/),
    );
    await desk.log('long', sampleBytes('long'), { params: { text: 'x'.repeat(100_000) } });
    await expect(desk.createOf('trend', 'runs:/long/model', 'long')).rejects.toMatchObject(
      invalid(/must have at most 100000 bytes together/),
    );
    expect(await desk.models.models()).toEqual([]);
  });

  test('is made by callers that may act on the slot only', async () => {
    const source = await desk.log('abc', sampleBytes('abc'));
    const who = caller({ rights: ['read', 'track', 'register'], slots: ['other:trend:BTC/USDT:1m'] });
    await expect(desk.createOf('trend', source, 'abc', { who })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const trainer = caller({ rights: ['read', 'track', 'register', 'label'], slots: [desk.slot] });
    await desk.createOf('trend', source, 'abc', { who: trainer });
    for (const attempt of [
      () => setAlias('1', 'champion', trainer),
      ...['Production', 'Staging', 'Archived'].map((to) => () => stage('1', to, trainer)),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    }
    const stranger = caller({ slots: [] });
    for (const attempt of [
      () => setAlias('1', 'champion', stranger),
      () => setAlias('1', 'best', stranger),
      () => stage('1', 'Production', stranger),
      () => stage('1', 'Staging', stranger),
      () => desk.call('DELETE', 'model-versions/delete', { name: 'trend', version: '1' }, stranger),
      () => desk.call('DELETE', 'registered-models/delete', { name: 'trend' }, stranger),
      () => desk.call('POST', 'registered-models/rename', { name: 'trend', new_name: 'x' }, stranger),
      () =>
        desk.call('POST', 'model-versions/set-tag', { name: 'trend', version: '1', key: 'k', value: 'v' }, stranger),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    }
    expect(await shown('1')).toEqual(['None']);
  });
});

describe('production through the API', () => {
  beforeEach(async () => {
    await desk.candidate('trend', 0.6);
    await desk.candidate('trend', 0.5);
    await desk.candidate('trend', 0.7);
  });

  test('is the same promotion as the command, by alias and by stage, and audited with the caller', async () => {
    await setAlias('1');
    expect(await shown('1')).toEqual(['Production', 'champion']);
    expect((await desk.models.deployment()).championRunId).toBe('trend.v1');
    await stage('3', 'production');
    expect(await shown('3')).toEqual(['Production', 'champion']);
    expect(await shown('1')).toEqual(['Archived']);
    expect(await desk.models.model('trend.v3')).toMatchObject({
      state: 'production',
      reason: 'stage Production of version 3 of trend by grace',
    });
    const promoted = (await desk.models.audit()).filter(({ eventType }) => eventType === 'ModelPromoted');
    expect(promoted.map(({ user, details }) => [user, details.runId, details.overruled])).toEqual([
      ['grace', 'trend.v1', false],
      ['grace', 'trend.v3', false],
    ]);
    expect(desk.models.events().at(-1)).toMatchObject({ name: 'ModelUpdated', data: { runId: 'trend.v3' } });
    await setAlias('3');
    expect((await desk.models.audit()).filter(({ eventType }) => eventType === 'ModelPromoted')).toHaveLength(2);
  });

  test('does not happen against the gate, unless the setting lets the API overrule it', async () => {
    await setAlias('1');
    for (const attempt of [() => setAlias('2'), () => stage('2', 'Production')]) {
      await expect(attempt()).rejects.toMatchObject({
        code: 'BAD_REQUEST',
        message: expect.stringMatching(/0\.5 against 0\.6 of champion trend\.v1.*\.\/ares promote trend\.v2/),
      });
    }
    expect(await shown('2')).toEqual(['None']);
    expect(await mayOverrule(true)).toMatchObject({ outcome: 'updated' });
    await setAlias('2');
    expect(await shown('2')).toEqual(['Production', 'champion']);
    const entry = (await desk.models.audit()).findLast(({ eventType }) => eventType === 'ModelPromoted');
    expect(entry).toMatchObject({ user: 'grace', details: { overruled: true, gate: 'inferior' } });
  });

  test('needs figures that can be compared, and the bytes', async () => {
    await setAlias('1');
    await desk.createOf('trend', await desk.log('bare', sampleBytes('bare')), 'bare');
    await expect(setAlias('4')).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringMatching(/must have the metric accuracy, had none/),
    });
    desk.models.modelStore.lose((await desk.models.model('trend.v3')).modelHash);
    await expect(setAlias('3')).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringMatching(/bytes missing/),
    });
    expect(await shown('3')).toEqual(['Archived']);
  });

  test('leaves one champion of two promotions at once', async () => {
    await mayOverrule(true);
    await Promise.all([setAlias('1'), setAlias('3'), stage('2', 'Production')]);
    const stages = await Promise.all(['1', '2', '3'].map(shown));
    expect(stages.filter(([at]) => at === 'Production')).toHaveLength(1);
    expect(stages.filter(([, alias]) => alias === 'champion')).toHaveLength(1);
    expect((await registered()).aliases).toHaveLength(1);
  });

  test('shows what people and the promotion check did without it', async () => {
    await desk.models.promote('trend.v2');
    expect(await shown('2')).toEqual(['Production', 'champion']);
    await desk.models.promote('trend.v1');
    await desk.models.rollback();
    expect(await shown('2')).toEqual(['Production', 'champion']);
    expect(await shown('1')).toEqual(['Archived']);
    await desk.models.check();
    expect(await shown('3')).toEqual(['Production', 'champion']);
    const model = await registered();
    expect(model).toMatchObject({
      aliases: [{ alias: 'champion', version: '3' }],
      tags: [{ key: 'ares.slot', value: desk.slot }],
      latest_versions: [
        { version: '2', current_stage: 'Archived' },
        { version: '3', current_stage: 'Production' },
      ],
    });
    expect(await desk.call('GET', 'registered-models/alias', { name: 'trend', alias: 'champion' })).toMatchObject({
      model_version: { version: '3', current_stage: 'Production' },
    });
    expect(
      await desk.call('POST', 'registered-models/get-latest-versions', { name: 'trend', stages: ['Production'] }),
    ).toMatchObject({ model_versions: [{ version: '3', aliases: ['champion'] }] });
    expect(await desk.call('GET', 'model-versions/search', { filter: "tags.model_status = 'archived'" })).toMatchObject(
      {
        model_versions: [{ version: '2' }, { version: '1' }],
      },
    );
    await desk.models.register('by-hand', 0.9);
    await desk.models.check();
    expect(await registered()).not.toHaveProperty('aliases');
    expect(await shown('3')).toEqual(['Archived']);
  });

  test('is left only by a successor or a rollback', async () => {
    await setAlias('1');
    const refused = {
      code: 'BAD_REQUEST',
      message: expect.stringMatching(
        /version 1 of trend is in production in slot .*\.\/ares promote RUN.*\.\/ares rollback/,
      ),
    };
    for (const attempt of [
      () => stage('1', 'Archived'),
      () => stage('1', 'None'),
      () => desk.call('DELETE', 'registered-models/alias', { name: 'trend', alias: 'champion' }),
      () => desk.call('DELETE', 'model-versions/delete', { name: 'trend', version: '1' }),
      () => desk.call('DELETE', 'registered-models/delete', { name: 'trend' }),
    ]) {
      await expect(attempt()).rejects.toMatchObject(refused);
    }
    await expect(unbind()).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringMatching(/for unbinding it, version 1 is what slot/),
    });
    await expect(bind('trend', 'other:trend:BTC/USDT:1m')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect(await shown('1')).toEqual(['Production', 'champion']);
    expect(await desk.models.models()).toHaveLength(3);
  });
});

describe('a candidate', () => {
  beforeEach(() => desk.candidate('trend', 0.6));

  test('may be called Staging, and is withdrawn by Archived', async () => {
    await stage('1', 'Staging');
    expect(await shown('1')).toEqual(['Staging']);
    expect(await desk.models.model('trend.v1')).toMatchObject({ state: 'candidate' });
    await stage('1', 'None');
    await stage('1', 'Archived');
    expect(await desk.models.model('trend.v1')).toMatchObject({ state: 'archived', reason: 'withdrawn by grace' });
    await expect(stage('1', 'Staging')).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringMatching(/must be a candidate/),
    });
    await desk.models.check();
    expect((await desk.models.deployment()).championRunId).toBeNull();
    await stage('1', 'Production');
    expect(await shown('1')).toEqual(['Production', 'champion']);
  });

  test('is withdrawn when its version is deleted', async () => {
    await desk.call('DELETE', 'model-versions/delete', { name: 'trend', version: '1' });
    expect(await desk.models.model('trend.v1')).toMatchObject({
      state: 'archived',
      reason: 'version deleted by grace',
    });
    expect((await desk.models.audit()).slice(-2).map(({ eventType }) => eventType)).toEqual([
      'ModelVersionDeleted',
      'ModelArchived',
    ]);
    await desk.models.promote('trend.v1');
    expect(await registered()).not.toHaveProperty('aliases');
  });

  test('has its status from the slot: the tag is refused, naming the right way', async () => {
    for (const key of ['model_status', 'ares.run']) {
      await expect(
        desk.call('POST', 'model-versions/set-tag', { name: 'trend', version: '1', key, value: 'production' }),
      ).rejects.toMatchObject({
        code: 'BAD_REQUEST',
        message: expect.stringMatching(/stage Production or set its alias champion, or run \.\/ares promote trend\.v1/),
      });
      await expect(
        desk.call('DELETE', 'model-versions/delete-tag', { name: 'trend', version: '1', key }),
      ).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    }
    const source = await desk.log('abc', sampleBytes('abc'));
    const tags = [['model_status', 'production']] as const;
    await expect(desk.createOf('trend', source, 'abc', { tags })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await desk.call('POST', 'registered-models/create', { name: 'plain' });
    await desk.call('POST', 'model-versions/create', { name: 'plain', source: 's3://b/x' });
    await desk.call('POST', 'model-versions/set-tag', {
      name: 'plain',
      version: '1',
      key: 'model_status',
      value: 'mine',
    });
  });

  test('found inferior by the gate is no longer staged', async () => {
    await desk.models.check();
    await desk.candidate('trend', 0.5);
    await stage('2', 'Staging');
    await desk.models.check();
    expect(await version('2')).toMatchObject({ current_stage: 'None' });
    expect((await version('2')).tags).toContainEqual({ key: 'model_status', value: 'evaluated_inferior' });
  });
});

describe('binding', () => {
  test('is for those who may decide what the slot trades, and to a slot', async () => {
    await desk.call('POST', 'registered-models/create', { name: 'm' });
    await expect(bind('m', 'somewhere')).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringMatching(/slot must be like/),
    });
    for (const who of [caller({ rights: ['register'] }), caller({ slots: [] })]) {
      await expect(bind('m', desk.slot, who)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
      await expect(
        desk.call(
          'POST',
          'registered-models/create',
          { name: 'n', tags: [{ key: 'ares.slot', value: desk.slot }] },
          who,
        ),
      ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
      await expect(
        desk.call('DELETE', 'registered-models/delete-tag', { name: 'trend', key: 'ares.slot' }, who),
      ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    }
    await bind('m');
    await bind('m');
    const entries = (await desk.models.audit()).filter(({ eventType }) => eventType === 'RegisteredModelBound');
    expect(entries.map(({ user, details }) => [user, details.name, details.slot])).toEqual([
      ['grace', 'trend', desk.slot],
      ['grace', 'm', desk.slot],
    ]);
  });

  test('waits until no version of the model is in production by its own word', async () => {
    await desk.call('POST', 'registered-models/create', { name: 'm' });
    await desk.call('POST', 'model-versions/create', { name: 'm', source: 's3://b/x' });
    await desk.call('POST', 'model-versions/transition-stage', { name: 'm', version: '1', stage: 'Production' });
    await expect(bind('m')).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringMatching(/version 1 is in stage Production/),
    });
    await desk.call('POST', 'model-versions/transition-stage', { name: 'm', version: '1', stage: 'Staging' });
    await desk.call('POST', 'registered-models/alias', { name: 'm', alias: 'champion', version: '1' });
    await expect(bind('m')).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringMatching(/version 1 has the alias champion/),
    });
    await desk.call('DELETE', 'registered-models/alias', { name: 'm', alias: 'champion' });
    await bind('m');
    expect(await registered('m')).toMatchObject({ latest_versions: [{ version: '1', current_stage: 'Staging' }] });
    for (const attempt of [
      () => desk.call('POST', 'model-versions/transition-stage', { name: 'm', version: '1', stage: 'Production' }),
      () => desk.call('POST', 'registered-models/alias', { name: 'm', alias: 'champion', version: '1' }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({
        code: 'BAD_REQUEST',
        message: expect.stringMatching(/create it anew, from models:\/m\/1/),
      });
    }
  });

  test('ends, and versions stay what they are in the slot', async () => {
    await desk.candidate('trend', 0.6);
    await unbind();
    await unbind();
    expect(await registered()).not.toHaveProperty('tags');
    await desk.models.promote('trend.v1');
    expect(await shown('1')).toEqual(['Production']);
    await expect(stage('1', 'Archived')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await desk.call('POST', 'model-versions/create', { name: 'trend', source: 's3://b/x' });
    expect(await desk.models.models()).toHaveLength(1);
    await expect(desk.call('DELETE', 'registered-models/delete', { name: 'trend' })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
  });

  test('of two models to one slot lets either replace the other', async () => {
    await desk.call('POST', 'registered-models/create', { name: 'other' });
    await bind('other');
    await desk.candidate('trend', 0.6);
    await desk.candidate('other', 0.7);
    await setAlias('1');
    await desk.call('POST', 'registered-models/alias', { name: 'other', alias: 'champion', version: '1' });
    expect(await shown('1')).toEqual(['Archived']);
    expect(await registered('other')).toMatchObject({ aliases: [{ alias: 'champion', version: '1' }] });
    expect(await registered()).not.toHaveProperty('aliases');
  });
});
