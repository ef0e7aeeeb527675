import { openDatabase } from '../../../src/adapters/local/database.ts';
import { createSqliteEventBus } from '../../../src/adapters/local/sqlite-event-bus.ts';
import { subscriptions } from '../../../src/compose/subscriptions.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { candidateRegistered } from '../../support/sample-event.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { deadLettersContract } from './dead-letters-contract.ts';

deadLettersContract('SQLite', async () => {
  const clock = manualClock();
  const random = { next: () => 0.5, id: () => 'id' };
  const bus = createSqliteEventBus(openDatabase(temporaryDirectory()), subscriptions, { clock, random });
  return {
    deadLetters: bus,
    async bury(eventId, error) {
      await bus.publish([candidateRegistered(eventId)]);
      for (let fate = 'waiting'; fate === 'waiting'; ) {
        clock.pass(600_000);
        const [delivery] = bus.takeDue(clock.now(), 1);
        if (!delivery) throw new Error(`${eventId} must be due`);
        fate = bus.failed(delivery, error);
      }
    },
    async triedAgain() {
      const due = bus.takeDue(clock.now(), 100);
      for (const delivery of due) {
        if (delivery.attempt !== 1) throw new Error(`attempt must be 1, was ${delivery.attempt}`);
        bus.finished(delivery);
      }
      return due.map(({ event }) => event.id);
    },
  };
});
