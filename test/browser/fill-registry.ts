import type { ServedSlot } from '../integration/api/served-slot.ts';
import { restlessModel } from '../support/restless-model.ts';

/** More than one page of runs. */
export const RUNS = 60;

export interface FilledRegistry {
  readonly experimentId: string;
  /** By number, `lgbm 0` first; the higher the number, the higher the accuracy. */
  readonly runIds: readonly string[];
}

/** Experiments, runs with histories and artifacts, and models, all written through the API as a client would. */
export async function fillRegistry(served: ServedSlot): Promise<FilledRegistry> {
  const { headers } = await served.token({ role: 'admin', name: 'ada' });
  const send = async (method: string, path: string, body: string | Buffer, type: string): Promise<string> => {
    const answer = await served.ask(path, { method, body, headers: { ...headers, 'content-type': type } });
    if (answer.status !== 200) throw new Error(`${method} ${path} must succeed, was ${answer.status}: ${answer.text}`);
    return answer.text;
  };
  const call = async (path: string, body: object, method = 'POST') =>
    JSON.parse(await send(method, `/api/2.0/mlflow/${path}`, JSON.stringify(body), 'application/json'));

  const { experiment_id: experimentId } = await call('experiments/create', {
    name: 'btc direction',
    tags: [{ key: 'team', value: 'research' }],
  });
  const runIds: string[] = [];
  for (let i = 0; i < RUNS; i += 1) {
    const { run } = await call('runs/create', {
      experiment_id: experimentId,
      run_name: `lgbm ${i}`,
      start_time: Date.UTC(2026, 0, 5) + i * 60_000,
      tags: [{ key: 'note', value: i % 2 === 0 ? 'even' : 'odd' }],
    });
    const run_id: string = run.info.run_id;
    runIds.push(run_id);
    const steps = i < 3 ? 100 : 1;
    await call('runs/log-batch', {
      run_id,
      metrics: Array.from({ length: steps }, (_, step) => ({
        key: 'accuracy',
        value: 0.5 + i / 2_000 + 0.02 * (1 - Math.exp(-step / 20)),
        timestamp: Date.UTC(2026, 0, 5) + step,
        step,
      })),
      params: [
        { key: 'leaves', value: String(31 + (i % 4)) },
        { key: 'features', value: 'rsi, ema' },
      ],
    });
    const end_time = Date.UTC(2026, 0, 5) + i * 60_000 + 1_000 * (1 + (i % 7));
    if (i > 0) await call('runs/update', { run_id, status: i === 1 ? 'FAILED' : 'FINISHED', end_time });
  }
  const [first] = runIds as [string];
  await call('runs/log-batch', {
    run_id: first,
    metrics: [{ key: 'diverged', value: 'NaN', timestamp: 1, step: 0 }],
  });
  const upload = (experiment: string, runId: string, path: string, content: Buffer) =>
    send(
      'PUT',
      `/api/2.0/mlflow-artifacts/artifacts/${experiment}/${runId}/artifacts/${path}`,
      content,
      'application/octet-stream',
    );
  await upload(experimentId, first, 'notes.txt', Buffer.from('hello'));
  await upload(experimentId, first, 'model/MLmodel', Buffer.from('flavors: {}\n'));

  await call('registered-models/create', { name: 'btc-direction', description: 'Which way the next bars go.' });
  for (let i = 0; i < 3; i += 1) {
    await call('model-versions/create', { name: 'btc-direction', source: `runs:/${first}/model`, run_id: first });
  }
  const version = (number: number) => ({ name: 'btc-direction', version: String(number) });
  const stage = (number: number, to: string) =>
    call('model-versions/transition-stage', { ...version(number), stage: to, archive_existing_versions: true });
  await stage(1, 'Staging');
  await stage(1, 'Production');
  await stage(2, 'Production');
  await call('registered-models/alias', { ...version(2), alias: 'best' });
  await call('registered-models/create', {
    name: 'btc-live',
    tags: [{ key: 'ares.slot', value: served.slot.slot }],
  });
  const { run: live } = await call('runs/create', { experiment_id: '0', run_name: 'live', start_time: 1 });
  await upload('0', live.info.run_id, 'model/model.onnx', Buffer.from(restlessModel()));
  await call('runs/log-metric', { run_id: live.info.run_id, key: 'accuracy', value: 0.6, timestamp: 1, step: 0 });
  await call('model-versions/create', {
    name: 'btc-live',
    source: `runs:/${live.info.run_id}/model`,
    run_id: live.info.run_id,
    // The champion's bars: the gate compares on nothing else.
    tags: [{ key: 'ares.evaluation', value: JSON.stringify({ from: 2_000, to: 3_000, rows: 5_000 }) }],
  });
  await call('model-versions/transition-stage', { name: 'btc-live', version: '1', stage: 'Production' });
  return { experimentId, runIds };
}
