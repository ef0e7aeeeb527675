import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { LambdaClient, ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { createDynamoLedger } from '../../src/adapters/aws/dynamo-ledger.ts';
import { OUTBOX_PREFIX } from '../../src/adapters/aws/ledger-tables.ts';
import { envOfOutputs } from '../../src/compose/stage-outputs.ts';
import { type FunctionName, functions, hostedFunctions } from '../../src/compose/wiring.ts';
import { verifyAudit } from '../../src/core/audit/verify-audit.ts';
import { updateConfig } from '../../src/core/config/update-config.ts';
import { keys } from '../../src/core/ledger-keys.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import { parsePrediction } from '../../src/core/performance/prediction.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import { eventually } from '../support/eventually.ts';
import type { SpawnedProcess } from '../support/spawned-process.ts';
import { type AwsCalls, awsCalls, type Container } from './support/aws-call.ts';
import { type BusWitness, watchBus } from './support/bus-witness.ts';
import { type DeployedMarket, deployedMarket } from './support/deployed-market.ts';
import { type DeployedSlot, deployedSlot } from './support/deployed-slot.ts';
import { type TraderDesk, traderDesk } from './support/deployed-trader.ts';
import { type Deployment, openDeployment } from './support/deployment.ts';
import { type RegistryClient, registryClient } from './support/registry-client.ts';
import { answersTo, roleProbes } from './support/role-probes.ts';
import { listenTo } from './support/topic-listener.ts';
import { whatIsThere } from './support/what-is-there.ts';

const SLOT = 'main:trend:BTC/USDT:1m' as SlotId;
/** Where the emulator's log is left when a step fails. */
const REPORTS = join(import.meta.dirname, '../../reports');
const LONG = { withinMs: 90_000, everyMs: 500 } as const;

const possible = await openDeployment();
let broken = possible ? '' : 'the AWS emulator cannot run here';
const deployment = possible as Deployment;
const calls = possible && awsCalls(possible.aws().endpoint);
let environment: Record<string, string>;
let slot: DeployedSlot;
let witness: BusWitness;
let market: DeployedMarket;
let desk: TraderDesk;
let trader: SpawnedProcess;
/** Of the trader that runs. */
let instance: string;
/** Where MLflow's clients find the stage. */
let registryUrl: string;
/** Of a trainer, as the command line made it. */
let trainerToken: string;
/** Whose credentials the trader has. */
let traderCredentials: Record<string, string> = {};

// Each step stands on the ones before it.
beforeEach(({ skip, onTestFailed }) => {
  if (broken) skip(broken);
  onTestFailed(({ task }) => {
    broken = `"${task.name}" failed`;
    mkdirSync(REPORTS, { recursive: true });
    writeFileSync(join(REPORTS, 'deploy-test.log'), possible?.aws().logs() ?? '');
  });
});

afterAll(async () => {
  trader?.kill('SIGKILL');
  await possible?.end();
});

const aws = (): AwsCalls => calls as AwsCalls;
const functionName = (name: FunctionName): string => `${environment.ARES_FUNCTION_PREFIX}${name}`;
const traderContainer = (): Promise<Container> =>
  aws().containerOf('ares-test', 'ares-test-trader-main-trend-btc-usdt-1m');

async function stopTrader(): Promise<void> {
  trader.kill('SIGTERM');
  expect(await trader.ended).toBe(0);
}

/** Starts the next trader, and waits until it trades. */
async function startTrader(): Promise<void> {
  trader = desk.start();
  await market.run();
  instance = await desk.trades(instance);
}

/** A new trader finds on the exchange and in the books what its predecessor held, and the books agree when it has traded. */
async function takesOver(): Promise<void> {
  await startTrader();
  expect(trader.stdout()).toMatch(/"recovered".*"position":"0\.0*[1-9]/);
  await market.moreOrders(3);
  expect(await market.differences()).toEqual([]);
}

/** The function has run to success since then, started by its own schedule or event. */
async function ranSince(name: FunctionName, since: number): Promise<void> {
  const { table, pk } = keys.handled(name, '');
  const ran = async () => {
    const { items } = await slot.ledger.query({ table, pk, limit: 1_000 });
    return items.some(({ value }) => Number(value.at) > since);
  };
  await eventually(`a run of ${name}`, ran, LONG);
}

/** What a training script does, and what its author looks at afterwards. */
async function logsAndReads(ada: RegistryClient, name: string): Promise<void> {
  const api = 'api/2.0/mlflow';
  const done = async (method: string, path: string, body?: object | string) => {
    const answer = await ada.ask(method, path, body);
    expect(`${path}: ${answer.status} ${answer.status === 200 ? '' : answer.text}`).toBe(`${path}: 200 `);
    return answer;
  };
  const { run } = (await done('POST', `${api}/runs/create`, { experiment_id: '0', run_name: name })).json();
  const { run_id } = run.info;
  const metrics = [1, 2, 3].map((step) => ({ key: 'accuracy', value: step / 10, timestamp: step, step }));
  const params = [{ key: 'depth', value: '7' }];
  await done('POST', `${api}/runs/log-batch`, { run_id, metrics, params, tags: [] });
  const file = `api/2.0/mlflow-artifacts/artifacts/0/${run_id}/artifacts/notes/a%20b.txt`;
  await done('PUT', file, 'größe');

  const { data } = (await done('GET', `${api}/runs/get?run_id=${run_id}`)).json().run;
  expect(data).toMatchObject({ metrics: [{ key: 'accuracy', value: 0.3, step: 3 }], params });
  const { metrics: history } = (
    await done('GET', `${api}/metrics/get-history?run_id=${run_id}&metric_key=accuracy`)
  ).json();
  expect(history).toHaveLength(3);
  expect((await done('GET', file)).text).toBe('größe');
  expect((await done('GET', `${api}/artifacts/list?run_id=${run_id}&path=notes`)).json().files).toMatchObject([
    { path: 'notes/a b.txt', is_dir: false },
  ]);
  const { runs } = (
    await done('POST', `${api}/runs/search`, {
      experiment_ids: ['0'],
      filter: `params.depth = '7' and attributes.run_name = '${name}'`,
    })
  ).json();
  expect(runs).toHaveLength(1);

  const model = { name: `model-${name}` };
  await done('POST', `${api}/registered-models/create`, model);
  const version = { ...model, source: `mlflow-artifacts:/0/${run_id}/artifacts/notes`, run_id };
  expect((await done('POST', `${api}/model-versions/create`, version)).json().model_version.version).toBe('1');
  await done('DELETE', file);
  expect((await ada.ask('GET', file)).status).toBe(404);
}

it('deploys the stage into an empty account', async () => {
  await deployment.cdk('bootstrap', 'aws://000000000000/us-east-1');
  const outputs = await deployment.deploy();
  environment = envOfOutputs(outputs, SLOT);
  registryUrl = outputs['ares-test-functions']?.AresRegistryUrl ?? '';
  const { functions: deployed } = await whatIsThere(aws());
  expect(deployed).toEqual(functions.map(({ name }) => functionName(name)).sort());
  // What the outputs say of a trader's environment is what its container gets.
  const container = await traderContainer();
  const shared = Object.keys(container.environment).filter((name) => name in environment);
  expect(shared).toEqual(expect.arrayContaining(['ARES_STATE_TABLE', 'ARES_MODEL_BUCKET', 'ARES_COMMAND_QUEUE_URL']));
  const own = ['ARES_INITIAL_SETTINGS'];
  for (const name of shared.filter((one) => !own.includes(one)))
    expect(`${name}=${environment[name]}`).toBe(`${name}=${container.environment[name]}`);

  await deployment.putExchangeKeys(environment.ARES_KEYS_SECRET_PREFIX as string);
  slot = deployedSlot(SLOT, container.environment);
  witness = await watchBus(environment.ARES_EVENT_BUS as string);
  market = deployedMarket(deployment.exchange, slot, witness);
  let current = container;
  desk = traderDesk({
    bundle: join(deployment.dist, 'trader'),
    directory: deployment.directory,
    environment: () => ({ ...current.environment, ...deployment.aws().env, ...traderCredentials }),
    slot: () => slot,
    renew: async () => {
      current = await traderContainer();
      return current.image;
    },
  });
});

it('promotes the first candidate by its event: outbox, stream, relay, bus, promotion check', async () => {
  expect(await slot.addModel(0, await market.time())).toMatchObject({ outcome: 'registered' });
  await eventually('a champion', async () => (await slot.champion()) === 'restless-00', LONG);
  const ofModels = async () => (await witness.seen()).filter(({ source }) => source === 'ares.models');
  await eventually('its events', async () => (await ofModels()).length >= 2, LONG);
  expect((await ofModels()).map(({ detailType }) => detailType)).toEqual(['CandidateRegistered', 'ModelUpdated']);
  await eventually('an empty outbox', async () => (await slot.outbox.pending(10)).length === 0, LONG);
  expect(await deployment.ares('audit', 'verify')).toMatchObject({ valid: true });
});

it('analyses the market by schedule: candles from the exchange, the model from the bucket, inference in the layer', async () => {
  await market.bars(30);
  await aws().setRate(functionName('analyze-market'), 'rate(1 minute)');
  const { table, pk } = keys.prediction(SLOT, 'restless-00', 0);
  const thirty = async () => {
    const { items } = await slot.ledger.query({ table, pk, limit: 1_000 });
    return items.length >= 30 ? items.map(parsePrediction) : undefined;
  };
  const predictions = await eventually('predictions', thirty, LONG);
  await aws().setRate(functionName('analyze-market'), 'rate(15 minutes)');
  // Long after every bar that rose: the model's own answer to the exchange's own candles.
  const rose = predictions.slice(1).map(({ close }, i) => close > (predictions[i]?.close ?? 0));
  expect(predictions.slice(1).map(({ p }) => p > 0.5)).toEqual(rose);
  expect(predictions.filter(({ outcome }) => outcome?.status === 'matched').length).toBeGreaterThan(0);
});

it('trades on the exchange, and swaps to a better model that the deployed check promotes', async () => {
  await startTrader();
  await desk.swappedTo('restless-00');
  await market.moreOrders(4);
  await slot.addModel(1, await market.time());
  await desk.swappedTo('restless-01');
  expect((await slot.heartbeat())?.instance).toBe(instance);
  await market.moreOrders(3);
  expect(await market.differences()).toEqual([]);
});

it('trades with the former model again after its operator rolled back', async () => {
  const outcome = await deployment.ares('rollback', '--yes', '--reason', 'drill of the test');
  expect(outcome).toMatchObject({ outcome: 'rolled_back', runId: 'restless-00', previousRunId: 'restless-01' });
  await desk.swappedTo('restless-00');
  await market.moreOrders(3);
  expect(await market.differences()).toEqual([]);
});

it('hands an open position over in a redeployment, and after a kill, with no order lost or doubled', async () => {
  await market.openPosition();
  deployment.nameImage('registry.example.com/ares-trader:second');
  await deployment.deploy();
  expect(await desk.renew()).toBe('registry.example.com/ares-trader:second');
  await stopTrader();
  await takesOver();

  await market.openPosition();
  trader.kill('SIGKILL');
  expect(await trader.ended).toBe('SIGKILL');
  await takesOver();
});

it('keeps what cannot be handled in the dead letters of its function, and goes on with the rest', async () => {
  const poison = { metadata: { id: 'poison-1' }, data: { runId: 'poison-run' } };
  const registered = {
    EventBusName: environment.ARES_EVENT_BUS,
    Source: 'ares.models',
    DetailType: 'CandidateRegistered',
  };
  const Entries = [{ ...registered, Detail: JSON.stringify(poison) }];
  await new EventBridgeClient().send(new PutEventsCommand({ Entries }));
  // No event, though it stands where events stand.
  const Key = { pk: { S: `${OUTBOX_PREFIX}poison-2` }, sk: { S: 'event' } };
  const TableName = slot.dynamo.tables.state;
  const Item = { ...Key, version: { N: '1' }, value: { S: 'poison' } };
  await slot.dynamo.client.send(new PutItemCommand({ TableName, Item }));

  const behind = slot.command('behind-the-poison', Date.now());
  await updateConfig({ ...behind, patch: { strategy: { budgetFraction: '0.5' } } }, slot);
  await eventually('an event behind the poison', () => witness.carried(behind), LONG);

  const dead = async () => {
    const text = JSON.stringify(await deployment.ares('events', 'dead'));
    return ['poison-1', 'relay-outbox'].every((part) => text.includes(part)) && text;
  };
  expect(await eventually('two dead letters', dead, LONG)).toMatch(/CandidateRegistered: .*Invalid input/);
  await slot.dynamo.client.send(new DeleteItemCommand({ TableName, Key }));
});

it('is the registry of whoever has a token, at an address of its own: a run, its files, a model', async () => {
  const made = await deployment.ares('token', 'create', 'ada', '--role', 'trainer');
  trainerToken = (made as { readonly secret: string }).secret;
  const nobody = registryClient(registryUrl, deployment.aws().endpoint);
  expect(await nobody.ask('GET', 'health')).toMatchObject({ status: 200, text: 'OK' });
  expect((await nobody.ask('GET', 'api/2.0/mlflow/experiments/get?experiment_id=0')).status).toBe(401);
  await logsAndReads(registryClient(registryUrl, deployment.aws().endpoint, trainerToken), 'first');

  // What is too large for an answer of Lambda goes to the bucket and comes from there, by signed URLs.
  const ada = registryClient(registryUrl, deployment.aws().endpoint, trainerToken);
  const large = 'x'.repeat(5 * 1024 * 1024);
  const upload = await ada.ask('POST', 'api/2.0/mlflow-artifacts/mpu/create/large', {
    path: 'large.bin',
    num_parts: 1,
  });
  const { upload_id, credentials } = upload.json();
  const sent = await fetch(credentials[0].url, { method: 'PUT', body: large });
  const parts = [{ part_number: 1, etag: sent.headers.get('etag') }];
  const complete = { path: 'large.bin', upload_id, parts };
  expect((await ada.ask('POST', 'api/2.0/mlflow-artifacts/mpu/complete/large', complete)).status).toBe(200);
  const got = await ada.ask('GET', 'api/2.0/mlflow-artifacts/artifacts/large/large.bin');
  expect(got.text === large).toBe(true);
  expect(await deployment.ares('audit', 'verify')).toMatchObject({ valid: true });
});

it('does all its work with IAM enforced: every function and the trader by its own role', async () => {
  await stopTrader();
  await deployment.exchange.pause();
  await deployment.enforceIam();
  const since = Date.now();
  traderCredentials = await aws().credentialsOf((await traderContainer()).role);
  for (const schedule of await aws().schedules()) await aws().setRate(schedule, 'rate(1 minute)');

  await startTrader();
  await slot.addModel(2, await market.time());
  await desk.swappedTo('restless-02');
  await market.moreOrders(3);
  expect(await market.differences()).toEqual([]);

  const people = await listenTo(environment.ARES_ALERT_TOPIC_ARN as string);
  await deployment.ares('halt', '--reason', 'drill of the test');
  await people.hears('drill of the test');
  await people.leave();
  await eventually('a halted trader', async () => (await slot.heartbeat())?.state === 'HALTED', LONG);

  // Two minutes in the outbox, and no relay: the sweeper's own work.
  const lambda = new LambdaClient();
  const ofRelay = { FunctionName: functionName('relay-outbox') };
  const { EventSourceMappings: mappings } = await lambda.send(new ListEventSourceMappingsCommand(ofRelay));
  const UUID = mappings?.[0]?.UUID;
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
  const clock = { now: () => epochMillis(Date.now() - 120_000) };
  const stuck = slot.command('stuck', Date.now());
  const ledger = createDynamoLedger({ ...slot.dynamo, clock });
  await updateConfig({ ...stuck, patch: { strategy: { budgetFraction: '0.4' } } }, { ledger });
  await eventually('an event that only the sweeper could publish', () => witness.carried(stuck), LONG);
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));

  for (const { name } of hostedFunctions) await ranSince(name as FunctionName, since);
  await logsAndReads(registryClient(registryUrl, deployment.aws().endpoint, trainerToken), 'second');
  expect(await deployment.ares('audit', 'verify')).toMatchObject({ valid: true });
});

it('lets no function do what it has no grant for', async () => {
  const { forbidden, granted } = await roleProbes(slot, aws(), environment);
  const all = (probes: object, answer: string) => Object.fromEntries(Object.keys(probes).map((what) => [what, answer]));
  expect(await answersTo(forbidden)).toEqual(all(forbidden, 'denied'));
  expect(await answersTo(granted)).toEqual(all(granted, 'done'));
});

it('finds nothing to change after all that, refuses to drop what must stay, and leaves only that', async () => {
  await stopTrader();
  await witness.leave();
  expect(await deployment.cdk('diff', '--all', '--fail')).toMatch(/Number of stacks with differences: 0/);

  await expect(deployment.cdk('destroy', '--all', '--force')).rejects.toThrow(/termination ?protection/i);
  await aws().allowDeletion('ares-test-state');
  await deployment.cdk('destroy', '--all', '--force');
  const { state, registry, audit } = slot.dynamo.tables;
  expect(await whatIsThere(aws())).toEqual({
    tables: [state, registry, audit].sort(),
    buckets: [slot.bucket, environment.ARES_ARTIFACT_BUCKET as string].sort(),
    keys: ['Encrypts the ledger, models, exchange keys and alerts of Ares'],
    secrets: ['ares-test-keys/main'],
  });
  expect(await verifyAudit(slot.ledger)).toMatchObject({ valid: true });
});
