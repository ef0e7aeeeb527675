import { describe, expect, test } from 'vitest';
import { createConfigWatchers } from '../../../src/core/config/config-watchers.ts';
import { DEFAULT_CONFIG } from '../../../src/core/config/live-config.ts';

const change = (version: number) => ({ version, config: DEFAULT_CONFIG });

describe('watchers of the configuration', () => {
  test('are all told, also when others fail, and the failures are returned', async () => {
    const watchers = createConfigWatchers();
    const told: string[] = [];
    const asynchronous = new Error('asynchronous');
    const synchronous = new Error('synchronous');
    watchers.watch('first', () => {
      throw synchronous;
    });
    watchers.watch('second', ({ version }) => {
      told.push(`second ${version}`);
    });
    watchers.watch('third', () => Promise.reject(asynchronous));
    watchers.watch('fourth', async ({ version }) => {
      await Promise.resolve();
      told.push(`fourth ${version}`);
    });
    expect(await watchers.notify(change(1))).toEqual([
      { watcher: 'first', version: 1, error: synchronous },
      { watcher: 'third', version: 1, error: asynchronous },
    ]);
    expect(told).toEqual(['second 1', 'fourth 1']);
  });

  test('are told each version once, and never an older one after a newer', async () => {
    const watchers = createConfigWatchers();
    const told: number[] = [];
    watchers.watch('one', ({ version }) => void told.push(version));
    for (const version of [0, 2, 1, 2, 3]) await watchers.notify(change(version));
    expect(told).toEqual([0, 2, 3]);
  });

  test('are no longer told once they are taken away; others of the same name are', async () => {
    const watchers = createConfigWatchers();
    const told: string[] = [];
    const unwatch = watchers.watch('same', () => void told.push('gone'));
    watchers.watch('same', () => void told.push('stays'));
    unwatch();
    unwatch();
    await watchers.notify(change(1));
    expect(told).toEqual(['stays']);
  });
});
