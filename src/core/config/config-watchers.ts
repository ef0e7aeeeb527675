import type { VersionedConfig } from './read-config.ts';

export type ConfigWatcher = (change: VersionedConfig) => void | Promise<void>;

/** A watcher that could not take a configuration. */
export interface WatcherFailure {
  readonly watcher: string;
  readonly version: number;
  readonly error: unknown;
}

export interface ConfigWatchers {
  /** Adds a watcher; the returned function takes it away. */
  watch(name: string, watcher: ConfigWatcher): () => void;
  /**
   * Tells every watcher, also when others fail, and returns the failures.
   *
   * A version that is not newer than the last told is not told again: events come more than once and in any order.
   */
  notify(change: VersionedConfig): Promise<readonly WatcherFailure[]>;
}

/** Those inside one process who want to know of a new configuration. */
export function createConfigWatchers(): ConfigWatchers {
  const watchers = new Map<symbol, { readonly name: string; readonly watcher: ConfigWatcher }>();
  let told = -1;
  return {
    watch(name, watcher) {
      const id = Symbol(name);
      watchers.set(id, { name, watcher });
      return () => {
        watchers.delete(id);
      };
    },
    async notify(change) {
      if (change.version <= told) return [];
      told = change.version;
      const all = [...watchers.values()];
      const results = await Promise.allSettled(all.map(async ({ watcher }) => watcher(change)));
      return results.flatMap((result, index) =>
        result.status === 'rejected'
          ? [
              {
                watcher: (all[index] as (typeof all)[number]).name,
                version: change.version,
                error: result.reason as unknown,
              },
            ]
          : [],
      );
    },
  };
}
