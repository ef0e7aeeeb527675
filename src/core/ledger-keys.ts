import type { SlotId } from './models/slot.ts';
import type { IndexKey, Key } from './ports/ledger.ts';

/** Text that sorts like the number (a whole number from 0, below 10^15). */
export const sortable = (value: number): string => String(value).padStart(15, '0');

/** Text that sorts fractions from 0 to 1 from the highest to the lowest. */
export const sortableDescending = (fraction: number): string => sortable(Math.round((1 - fraction) * 1e12));

const MAX_SORTABLE = 999_999_999_999_999;

const state = (pk: string, sk: string): Key => ({ table: 'state', pk, sk });
const registry = (pk: string, sk: string): Key => ({ table: 'registry', pk, sk });

/**
 * Where everything is kept: each kind of item, its key, and the index that finds it. Nothing builds a key elsewhere.
 */
export const keys = {
  /** All slots: query pk `slots`. */
  slot: (slot: SlotId) => state('slots', slot),
  /** Champion, standby and the promotion history of a slot: the one item every promotion and rollback writes. */
  deployment: (slot: SlotId) => state(`slot#${slot}`, 'deployment'),
  /** ACTIVE, REDUCING or HALTED, since when, why, by whom. */
  tradingState: (slot: SlotId) => state(`slot#${slot}`, 'trading-state'),
  /** Who owns trading in the slot; its version changes with ownership only, so that guarded writes can check it. */
  lease: (slot: SlotId) => state(`slot#${slot}`, 'lease'),
  /** The owner's sign of life. */
  leaseRenewal: (slot: SlotId) => state(`slot#${slot}`, 'lease-renewal'),
  /** Position, cash flow and counters of a slot as of its last settled order. */
  account: (slot: SlotId) => state(`slot#${slot}`, 'account'),
  /** What a slot's trader last said of itself; `append`ed. All of them: query pk `heartbeats`. */
  heartbeat: (slot: SlotId) => state('heartbeats', slot),
  /** When a line's books were last found to be what the exchange has, by the exchange's clock; `append`ed. */
  reconciled: (line: SlotId) => state(`slot#${line}`, 'reconciled'),
  /** A person's word that a line's balances are right as the exchange has them; used up by the next recovery. */
  balanceAcceptance: (line: SlotId) => state(`slot#${line}`, 'balance-acceptance'),
  /** Exchange order ids with a client id of ours that a person has accepted as not ours. */
  acceptedOrders: (line: SlotId) => state(`slot#${line}`, 'accepted-orders'),
  /** Its version counts the lines that were opened on an account: two that open at once would both take the account's money for theirs. */
  accountOpenings: (account: string) => state(`account#${account}`, 'openings'),
  /** Which line takes a deposit or a withdrawal of the account; one only. */
  transferClaim: (account: string, transferId: string) => state(`transfer-claims#${account}`, transferId),
  /** A deposit or withdrawal that is in a line's baseline. */
  transfer: (line: SlotId, transferId: string) => state(`transfers#${line}`, transferId),
  config: () => state('config', 'current'),
  configVersion: (version: number) => state('config-versions', sortable(version)),
  /** One order by its client id. Its index lists the unsettled ones of a slot. */
  order: (slot: SlotId, clientOrderId: string) => state(`orders#${slot}`, clientOrderId),
  /** Own fills of a slot in time order; `append`ed. */
  fill: (slot: SlotId, executedAt: number, tradeId: string) =>
    state(`fills#${slot}`, `${sortable(executedAt)}#${tradeId}`),
  /** The trader's decisions, one a closed bar; `append`ed. */
  decision: (slot: SlotId, barClose: number) => state(`decisions#${slot}`, sortable(barClose)),
  /** The analyst's predictions of one model by bar close; `append`ed, later again with the outcome. */
  prediction: (slot: SlotId, runId: string, barClose: number) =>
    state(`predictions#${slot}#${runId}`, sortable(barClose)),
  /** Metrics of a model over time; `append`ed. */
  performance: (slot: SlotId, runId: string, at: number) => state(`performance#${slot}#${runId}`, sortable(at)),
  /** Whether an alert is raised, and since when. */
  alert: (slot: SlotId, runId: string, metric: string) => state(`alerts#${slot}`, `${runId}#${metric}`),
  /** Whether a system check is in alarm, and since when. All of them: query pk `system-alerts`. */
  systemAlert: (check: string) => state('system-alerts', check),
  /** What a system check measured; `append`ed. */
  systemCheck: (at: number) => state('system-checks', sortable(at)),
  /** From when a function's schedule counts; `append`ed once. */
  scheduleBegin: (clock: 'market' | 'wall', functionName: string) => state('schedules', `${clock}#${functionName}`),
  /** A token of the API by the SHA-256 of what its owner sends. All: query pk `access-tokens`. */
  accessToken: (hash: string) => state('access-tokens', hash),
  /** The newest token of a name. */
  accessTokenName: (name: string) => state('access-token-names', name),
  /** Marks an event as handled by a function. */
  handled: (functionName: string, invocationId: string) => state(`handled#${functionName}`, invocationId),
  /** A registered model of a slot. Its index lists the models of a slot in one lifecycle state. */
  model: (slot: SlotId, runId: string) => registry(`models#${slot}`, runId),
  /** A registered model of MLflow by its name; every change of its versions, aliases and stages writes it. All: query pk `registered-models`. */
  registeredModel: (name: string) => registry('registered-models', name),
  /** The name of the registered model that has this id: versions lie under the id, so that a new name moves nothing. */
  registeredModelName: (id: string) => registry('registered-model-names', id),
  /** A version of a registered model. Its index lists the versions of one run. */
  modelVersion: (modelId: string, version: number) =>
    registry(`registered-model#${modelId}`, `version#${sortable(version)}`),
  /** Which version of a registered model a slot's model is. */
  versionOfCandidate: (slot: SlotId, runId: string) => registry(`versions-of-candidates#${slot}`, runId),
  /** A logged model of MLflow. Its index lists those of an experiment that are not deleted. */
  loggedModel: (modelId: string) => registry(`logged-model#${modelId}`, 'logged-model'),
  /** A metric of a logged model; `append`ed, by the model's experiment, so that a search reads those of all its models at once. */
  loggedModelMetric: (experimentId: string, modelId: string, metric = '') =>
    registry(`logged-model-metrics#${experimentId}`, `${modelId}#${metric}`),
  /** An experiment by its number, as text. All: query pk `experiments`. */
  experiment: (id: string) => registry('experiments', id),
  /** Which experiment has this name; the name is in `pk`, which takes longer texts than `sk`. */
  experimentName: (name: string) => registry(`experiment-name#${name}`, 'name'),
  /** A run with its parameters, tags, latest metrics, inputs and outputs. Its index lists the runs of an experiment, newest first. */
  run: (runId: string) => registry(`run#${runId}`, 'run'),
  /** Written with every change of a run, so that its version is the run's. Its index lists what changed in an experiment since a time. */
  runChange: (runId: string) => registry(`run#${runId}`, 'change'),
  /** One value of a run's metric, by step, time and value. */
  metricPoint: (runId: string, metric: string, order: string) => registry(`metrics#${runId}#${metric}`, order),
  /** Points at a run by the latest value of a metric that its experiment declares, highest first. */
  topRun: (experimentId: string, metric: string, order = '') => registry(`top#${experimentId}#${metric}`, order),
  /** Points at a run by the value of its tag, newest first. */
  taggedRun: (experimentId: string, tag: string, value: string, order = '') =>
    registry(`tagged#${experimentId}#${tag}#${value}`, order),
} as const;

/** Index paths: which items of a kind share a property, in which order. */
export const indexes = {
  /** Orders that are not known to be finished. */
  unsettledOrders: (slot: SlotId, clientOrderId = ''): IndexKey => ({ pk: `unsettled#${slot}`, sk: clientOrderId }),
  /** Models in a lifecycle state; candidates come best accuracy first. */
  modelsInState: (slot: SlotId, modelState: string, order = ''): IndexKey => ({
    pk: `models#${slot}#${modelState}`,
    sk: order,
  }),
  /** Versions of registered models that one run gave. */
  versionsOfRun: (runId: string, modelId = '', version = 0): IndexKey => ({
    pk: `versions-of-run#${runId}`,
    sk: `${modelId}#${sortable(version)}`,
  }),
  /** Logged models of an experiment, newest first. */
  loggedModels: (experimentId: string, createdAt = 0, modelId = ''): IndexKey => ({
    pk: `logged-models#${experimentId}`,
    sk: `${sortable(MAX_SORTABLE - createdAt)}#${modelId}`,
  }),
  /** Runs of an experiment in a lifecycle stage, newest first. */
  newestRuns: (experimentId: string, stage: string, order = ''): IndexKey => ({
    pk: `runs#${experimentId}#${stage}`,
    sk: order,
  }),
  /** Runs of an experiment by the wall time of their last change. */
  changedRuns: (experimentId: string, at: number, runId = ''): IndexKey => ({
    pk: `run-changes#${experimentId}`,
    sk: `${sortable(at)}#${runId}`,
  }),
  /** Predictions of a slot's models that wait for their outcome, oldest bar first. */
  pendingPredictions: (slot: SlotId, barClose = 0, runId = ''): IndexKey => ({
    pk: `pending#${slot}`,
    sk: `${sortable(barClose)}#${runId}`,
  }),
  /** Alerts that are raised now. */
  raisedAlerts: (slot: SlotId, alert = ''): IndexKey => ({ pk: `raised#${slot}`, sk: alert }),
} as const;
