import type { StageConfig } from '../../src/compose/stage-config.ts';
import { exchangeEnvironment } from '../../src/compose/stage-environment.ts';
import type { Grants } from '../../src/compose/wiring.ts';
import type { StateStack } from '../stacks/state-stack.ts';
import type { EventBusOfAres } from './event-bus-of-ares.ts';
import type { EventFunction } from './event-function.ts';
import type { EnvName, Holder } from './holder.ts';

export interface Grantors {
  readonly config: StageConfig;
  readonly state: StateStack;
  readonly bus: EventBusOfAres;
}

type Grant<Port extends keyof Grants> = (holder: Holder, access: NonNullable<Grants[Port]>, from: Grantors) => void;

/** Nothing on AWS stands behind it, or what does is part of the function itself. */
const nothing = (): void => undefined;

/** What each port of the wiring table needs on AWS. */
const GRANTS: { readonly [Port in keyof Grants]-?: Grant<Port> } = {
  ledger: (holder, access, { state }) =>
    access === 'read' ? state.ledger.grantRead(holder) : state.ledger.grantWrite(holder),
  'model-store': (holder, access, { state }) =>
    access === 'read' ? state.models.grantRead(holder) : state.models.grantWrite(holder),
  'artifact-store': (holder, _, { state }) => state.artifacts.grantWrite(holder),
  // Candles are public: an address, and no keys.
  'market-data': (holder, _, { config }) => {
    for (const [name, value] of Object.entries(exchangeEnvironment(config)))
      holder.addEnvironment(name as EnvName, value);
  },
  'predictor-loader': nothing,
  // Written to the log, where CloudWatch finds them.
  metrics: nothing,
  'system-probe': nothing,
  outbox: (holder, _, { state }) => state.ledger.grantOutbox(holder),
  'event-bus': (holder, _, { bus }) => bus.grantPublish(holder),
  notifier: (holder, _, { state }) => state.alerts.grantPublish(holder),
};

/** Gives a function what its row grants, and what every function needs to know what it has handled before. */
export function grantPorts(fn: EventFunction, from: Grantors): void {
  const { name, grants, triggers } = fn.row;
  for (const [port, access] of Object.entries(grants) as [keyof Grants, never][]) GRANTS[port](fn, access, from);
  const marks = triggers.some(({ kind }) => kind === 'events' || kind === 'schedule') && grants.ledger !== 'write';
  if (marks) from.state.ledger.grantHandledMarks(fn, name);
}
