import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/local/database.ts';
import { createSqliteArchive } from '../../../src/adapters/local/sqlite-archive.ts';
import { createSqliteEventBus } from '../../../src/adapters/local/sqlite-event-bus.ts';
import { createSqliteLedger } from '../../../src/adapters/local/sqlite-ledger.ts';
import { createSqliteOutbox } from '../../../src/adapters/local/sqlite-outbox.ts';
import { subscriptions } from '../../../src/compose/subscriptions.ts';
import { relayOutbox } from '../../../src/core/events/relay-outbox.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { candidateRegistered } from '../../support/sample-event.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { commitOf, put, stateKey } from '../support/sample-commit.ts';
import { dumped, fillLedger, ledgerArchiveContract } from './ledger-archive-contract.ts';

function open() {
  const db = openDatabase(temporaryDirectory());
  return { db, ledger: createSqliteLedger(db), outbox: createSqliteOutbox(db), archive: createSqliteArchive(db) };
}

ledgerArchiveContract('SQLite', async () => open());

describe('on one machine', () => {
  test('a dump is of one moment, whatever is committed while it is read', async () => {
    const filled = open();
    await fillLedger(filled);
    const before = await dumped(filled.archive);
    const during = [];
    for await (const record of filled.archive.dump()) {
      if (during.length === 0)
        await filled.ledger.commit(commitOf('late', { writes: [put(stateKey('z', 'late'), 'absent')] }));
      during.push(record);
    }
    expect(during).toEqual(before);
  });

  test('nothing is written of an archive that breaks off', async () => {
    const { archive } = open();
    const broken = (async function* () {
      yield { kind: 'commit', token: 'a' } as const;
      throw new Error('cut');
    })();
    await expect(archive.load('a', broken)).rejects.toThrow('cut');
    expect(await archive.standing('a')).toBe('empty');
  });

  test('an event that a function has not handled yet is dumped, though the bus has it', async () => {
    const { db, ledger, outbox, archive } = open();
    const clock = manualClock();
    const bus = createSqliteEventBus(db, subscriptions, { clock, random: { next: () => 0.5, id: () => 'id' } });
    await ledger.commit(commitOf('a', { events: [candidateRegistered('open'), candidateRegistered('done')] }));
    await relayOutbox({ outbox, eventBus: bus });
    expect(await outbox.pending(10)).toEqual([]);
    for (const delivery of bus.takeDue(clock.now(), 10)) if (delivery.event.id === 'done') bus.finished(delivery);
    const events = (await dumped(archive)).flatMap((record) => (record.kind === 'event' ? [record.event] : []));
    expect(events).toEqual([candidateRegistered('open')]);
  });
});
