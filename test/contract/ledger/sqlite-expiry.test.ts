import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/local/database.ts';
import { createSqliteLedger } from '../../../src/adapters/local/sqlite-ledger.ts';
import { createSqliteOutbox } from '../../../src/adapters/local/sqlite-outbox.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { commitOf, envelope, stateKey } from '../support/sample-commit.ts';

function open() {
  const db = openDatabase(temporaryDirectory());
  onTestFinished(() => db.close());
  const clock = manualClock();
  const ledger = createSqliteLedger(db, clock);
  const append = (name: string, lastsMs?: number) =>
    ledger.append([
      {
        key: stateKey('marks', name),
        value: {},
        ...(lastsMs === undefined ? {} : { expiresAt: epochMillis(clock.now() + lastsMs) }),
      },
    ]);
  const left = async () =>
    (await ledger.query({ table: 'state', pk: 'marks', limit: 1_000 })).items.map(({ key }) => key.sk);
  return { db, clock, ledger, append, left };
}

test('what expired leaves the database when something else that expires comes, the oldest two for each', async () => {
  const { clock, append, left } = open();
  for (const name of ['a', 'b', 'c', 'd', 'e']) await append(name, 1_000 + name.charCodeAt(0));
  await append('kept');
  clock.pass(5_000);
  await append('also kept');
  expect(await left()).toEqual(['a', 'also kept', 'b', 'c', 'd', 'e', 'kept']);
  await append('f', 1_000);
  expect(await left()).toEqual(['also kept', 'c', 'd', 'e', 'f', 'kept']);
  await append('g', 1_000);
  await append('h', 1_000);
  expect(await left()).toEqual(['also kept', 'f', 'g', 'h', 'kept']);
});

test('what is written again without an end stays, and nothing is gone a millisecond early', async () => {
  const { clock, ledger, append, left } = open();
  await append('appended', 1_000);
  await append('committed', 1_000);
  await append('last', 5_000);
  await append('appended');
  const key = stateKey('marks', 'committed');
  await ledger.commit(commitOf('t', { writes: [{ kind: 'put', key, expected: 1, value: {} }] }));
  clock.pass(4_999);
  await append('new', 60_000);
  expect(await left()).toEqual(['appended', 'committed', 'last', 'new']);
  clock.pass(1);
  await append('newer', 60_000);
  expect(await left()).toEqual(['appended', 'committed', 'new', 'newer']);
});

test('the outbox tells what was committed before a time to the millisecond', async () => {
  const { db, clock, ledger } = open();
  const outbox = createSqliteOutbox(db);
  await ledger.commit(commitOf('t1', { events: [envelope('e1')] }));
  const committedBefore = epochMillis(clock.now() + 1);
  clock.pass(1);
  await ledger.commit(commitOf('t2', { events: [envelope('e2')] }));
  const before = await outbox.pending(10, { committedBefore });
  expect(before.map((event) => event.detail.metadata.id)).toEqual(['e1']);
});

test('tokens that are kept for a while only leave when others like them come, and others never', async () => {
  const { db, clock, ledger } = open();
  const tokens = () =>
    db
      .prepare('SELECT token FROM commits ORDER BY token')
      .all()
      .map(({ token }) => token);
  const key = stateKey('marks', 'renewed');
  let version: number | 'absent' = 'absent';
  const renew = async (token: string, keepTokenMs?: number): Promise<void> => {
    const commit = commitOf(token, { writes: [{ kind: 'put', key, expected: version, value: {} }] });
    await ledger.commit({ ...commit, ...(keepTokenMs === undefined ? {} : { keepTokenMs }) });
    version = version === 'absent' ? 1 : version + 1;
  };
  for (const token of ['a', 'b', 'c']) await renew(token, 1_000);
  await renew('for ever');
  clock.pass(999);
  await renew('d', 1_000);
  expect(tokens()).toEqual(['a', 'b', 'c', 'd', 'for ever']);
  clock.pass(1);
  await renew('e', 1_000);
  expect(tokens()).toEqual(['c', 'd', 'e', 'for ever']);
  clock.pass(10_000);
  await renew('f', 1_000);
  await renew('g', 1_000);
  expect(tokens()).toEqual(['f', 'for ever', 'g']);
});
