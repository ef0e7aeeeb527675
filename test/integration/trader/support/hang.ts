/** Is healthy, and then hangs as a loop that never ends would, for longer than a health check waits. */
import { serveHealth } from '../../../../apps/trader/serve-health.ts';

const HANG_MS = 10_000;

const { port, beaten } = await serveHealth(
  { port: 0, staleMs: 60_000 },
  { monotonic: { now: () => performance.now() } },
);
beaten();
console.log(`healthy on ${port}`);
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HANG_MS);
