import { parentPort, workerData } from 'node:worker_threads';
import { plant } from './plant-bug.ts';

// The bug is planted before the trader is loaded.
const { planted } = workerData as { readonly planted: string | undefined };
const bug = planted === undefined ? undefined : plant(planted);
const { runSeed } = await import('./run-seed.ts');

parentPort?.on('message', async (seed: number) => {
  const {
    lines: _lines,
    byKind: _kinds,
    ...summary
  } = await runSeed(seed, { planted: bug, firstOnly: bug !== undefined });
  parentPort?.postMessage(summary);
});
