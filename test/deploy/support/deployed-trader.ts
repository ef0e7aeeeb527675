import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.ts';
import { type SpawnedProcess, spawnBuilt } from '../../support/spawned-process.ts';
import type { DeployedSlot } from './deployed-slot.ts';

/** Short waits, in the proportions of the deployed ones. */
const SHORT_WAITS = { ARES_LEASE_TTL_MS: '6000', ARES_RECV_WINDOW_MS: '2000', ARES_HEARTBEAT_MS: '500' };

export interface TraderDesk {
  /** A trader as the service's task runs it: the built bundle in a directory that holds nothing else, with the deployed environment. */
  start(): SpawnedProcess;
  /** Another trader than `before` decides on bars; resolves with its name. */
  trades(before?: string): Promise<string>;
  /** Takes what the last deployment says of the container; resolves with its image. */
  renew(): Promise<string>;
  /** The trader trades with this run. */
  swappedTo(runId: string): Promise<void>;
}

/** @param environment what the container gets, and the credentials of the task's role */
export function traderDesk(options: {
  readonly bundle: string;
  readonly directory: string;
  readonly environment: () => Readonly<Record<string, string>>;
  readonly slot: () => DeployedSlot;
  readonly renew: () => Promise<string>;
}): TraderDesk {
  const place = join(options.directory, 'trader');
  cpSync(options.bundle, place, { recursive: true });
  let last: SpawnedProcess | undefined;
  const says = () => `the trader said:\n${`${last?.stdout()}${last?.stderr()}`.slice(-6_000)}`;

  async function until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
    try {
      return await eventually(what, ask, { withinMs: 60_000, everyMs: 200 });
    } catch (error) {
      throw new Error(`${(error as Error).message}; ${says()}`);
    }
  }
  return {
    renew: options.renew,
    start() {
      last = spawnBuilt(place, 'main.mjs', { env: { ...options.environment(), ...SHORT_WAITS }, keep: true });
      return last;
    },
    trades: (before) =>
      until('a trader that decides', async () => {
        const beat = await options.slot().heartbeat();
        if (!beat || beat.instance === before || Number(beat.decisions) < 2) return undefined;
        if (beat.state === 'ACTIVE') return String(beat.instance);
        throw new Error(`the slot must be ACTIVE, was ${beat.state}; ${says()}`);
      }),
    async swappedTo(runId) {
      await until(
        `a trader that trades with ${runId}`,
        async () => (await options.slot().heartbeat())?.runId === runId,
      );
    },
  };
}
