import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/local/database.ts';
import { createSqliteLedger } from '../../../src/adapters/local/sqlite-ledger.ts';
import { createSqliteOutbox } from '../../../src/adapters/local/sqlite-outbox.ts';
import { queryAudit } from '../../../src/core/audit/query-audit.ts';
import { verifyAudit } from '../../../src/core/audit/verify-audit.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { keyOf } from './crash-commit.ts';
import { outputOf, startModule } from './run-module.ts';

const ROUNDS = 6;
const writers = ['trader', 'runner'];

/** A linear congruential generator: the printed seed gives the same moments again. */
function moments(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function lastSaid(directory: string, name: string, killAfterMs: number): Promise<number> {
  const child = startModule('commit-loop.ts', [directory, name]);
  const ended = outputOf(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  await sleep(killAfterMs);
  child.kill('SIGKILL');
  const { output } = await ended;
  const lines = output.split('\n');
  return Number(lines.at(-2));
}

test('writers killed at any moment leave state, audit and outbox that agree, and lose nothing they were told is committed', async () => {
  const seed = Number(process.env.ARES_TEST_SEED ?? Date.now() % 1_000_000);
  console.log(`kill moments from ARES_TEST_SEED=${seed}`);
  const random = moments(seed);
  const directory = temporaryDirectory();
  const db = openDatabase(directory);
  const ledger = createSqliteLedger(db);
  const outbox = createSqliteOutbox(db);
  const published = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const said = await Promise.all(writers.map((name) => lastSaid(directory, name, random() * 120)));
    const counts = new Map<string, number>();
    for (const [at, name] of writers.entries()) {
      const n = Number((await ledger.get(keyOf(name)))?.value.n);
      counts.set(name, n);
      // A commit may be done without its answer having been heard, never the other way round.
      expect(n - said[at]!).toBeGreaterThanOrEqual(0);
      expect(n - said[at]!).toBeLessThanOrEqual(1);
    }
    const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
    expect(await verifyAudit(ledger)).toEqual({ valid: true, entries: total });
    for (let waiting = await outbox.pending(500); waiting.length > 0; waiting = await outbox.pending(500)) {
      for (const { detail } of waiting) {
        const { correlationId: name, sequence } = detail.metadata;
        expect(sequence).toBe((published.get(name) ?? 0) + 1);
        published.set(name, sequence);
      }
      await outbox.markPublished(waiting.map((event) => event.detail.metadata.id));
    }
    expect(published).toEqual(counts);
  }
  const audited = new Map<string, number>();
  for (let after: string | undefined, more = true; more; more = after !== undefined) {
    const page = await queryAudit(ledger, { stream: 'trading', limit: 1_000, after });
    for (const entry of page.entries) audited.set(entry.user, (audited.get(entry.user) ?? 0) + 1);
    after = page.next;
  }
  expect(audited).toEqual(published);
  db.close();
});
