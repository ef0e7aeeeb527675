import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import ort from 'onnxruntime-node';
import { describe, expect, it, vi } from 'vitest';
import { openNativeSession, sessionOpener } from '../../../src/adapters/inference/onnx-binding.ts';
import { writeOnnx } from '../../../src/adapters/inference/onnx-writer.ts';
import { grownEnsemble } from '../../fixtures/models/grown-ensemble.ts';

const require = createRequire(import.meta.url);
const { ensemble, rows } = grownEnsemble(5, { trees: 20, leaves: 15, features: 6, rows: 50 });
const model = writeOnnx(ensemble);

/** The module as it is installed, of which parts may be missing. */
const moduleWith = (binding: object, initOrt: unknown = () => undefined) => ({ default: { binding, initOrt } });
const session = (methods: object) => ({ InferenceSession: Object.assign(() => undefined, { prototype: methods }) });
const method = () => undefined;

describe('the native binding, which is no public interface of the runtime', () => {
  it('is that of the version it was written for: after an update, read ADR 0029 and this file again', () => {
    const installed = JSON.parse(readFileSync(require.resolve('onnxruntime-node/package.json'), 'utf8')) as object;
    const own = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as object;
    expect(installed).toMatchObject({ version: '1.30.0' });
    expect(own, 'pinned').toMatchObject({ dependencies: { 'onnxruntime-node': '1.30.0' } });
    expect(installed, 'nothing keeps dist/binding.js from being imported').not.toHaveProperty('exports');
  });

  it('is there, and computes in the call what the public interface computes a turn of the event loop later', async () => {
    const open = openNativeSession;
    if (!open) return expect.unreachable('dist/binding.js must have the shape that onnx-binding.ts reads, had another');
    const native = open();
    native.loadModel(model.buffer, model.byteOffset, model.byteLength, {});
    const input = new ort.Tensor('float32', rows, [50, 6]);
    const found = native.run({ input }, { probabilities: null }, {}).probabilities?.data;
    const published = await ort.InferenceSession.create(model);
    expect(found).toEqual((await published.run({ input }, ['probabilities'])).probabilities?.data);
    native.dispose();
    await published.release();
    expect(() => native.run({ input }, { probabilities: null }, {}), 'nothing runs after its end').toThrow();
  });

  it('reads a row where it lies, also in the middle of a buffer', () => {
    const native = openNativeSession?.();
    native?.loadModel(model.buffer, model.byteOffset, model.byteLength, {});
    const run = (row: Float32Array) =>
      native?.run({ input: new ort.Tensor('float32', row, [1, 6]) }, { probabilities: null }, {}).probabilities?.data;
    expect(run(rows.subarray(42, 48))).toEqual(run(rows.slice(42, 48)));
    expect(run(rows.subarray(42, 48))).not.toEqual(run(rows.slice(0, 6)));
    native?.dispose();
  });
});

describe('a runtime of another shape is used by its public interface', () => {
  const whole = { loadModel: method, run: method, dispose: method };
  it.each<[string, unknown]>([
    ['no such module', undefined],
    ['an empty module', { default: {} }],
    ['no sessions', moduleWith({})],
    ['nothing that starts it', moduleWith(session(whole), 'started')],
    ['no loadModel', moduleWith(session({ ...whole, loadModel: undefined }))],
    ['no run', moduleWith(session({ ...whole, run: undefined }))],
    ['no dispose', moduleWith(session({ ...whole, dispose: undefined }))],
  ])('%s', (_what, imported) => {
    expect(sessionOpener(imported)).toBeUndefined();
  });

  it('and one of this shape is started once, before the first session', () => {
    const initOrt = vi.fn();
    const sessions = class {
      loadModel = method;
    };
    Object.assign(sessions.prototype, whole);
    const open = sessionOpener({ default: { initOrt, binding: { InferenceSession: sessions } } });
    expect(initOrt).toHaveBeenCalledOnce();
    expect(open?.()).toBeInstanceOf(sessions);
    expect(initOrt).toHaveBeenCalledOnce();
  });
});
