import { AresError } from '../../src/core/ares-error.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';
import type { Reply, VirtualProcess } from './virtual-process.ts';
import type { World } from './world.ts';

const unavailable = (what: string): AresError =>
  new AresError('LEDGER_UNAVAILABLE', `${what}: the database gave no answer`);

/** The database over a network: every call takes time, and may fail before or after its effect. */
export function createLedgerClient(process: VirtualProcess, world: World): Ledger {
  const { scheduler, faults, ledger } = world;
  const dice = world.chances.database;

  const travel = (): number => {
    const slow = faults.strength('slow database');
    if (slow > 0 && dice.chance(0.5)) {
      faults.strike('slow database');
      return dice.whole(200, 200 + Math.round(6_000 * slow));
    }
    return dice.whole(1, 6);
  };
  const answer = <T>(reply: Reply<T>, effect: () => T, lost: () => boolean, what: string): void => {
    scheduler.after(travel(), () => {
      let value: T;
      try {
        value = effect();
      } catch (error) {
        scheduler.after(travel(), () => reply.reject(error));
        return;
      }
      reply.effectDone();
      scheduler.after(travel(), () => (lost() ? reply.reject(unavailable(what)) : reply.resolve(value)));
    });
  };
  const read = <T>(what: string, effect: () => T): Promise<T> =>
    process.call(what, (reply) => {
      const failing = faults.strength('failed database read');
      if (failing > 0 && dice.chance(failing)) {
        faults.strike('failed database read', what);
        scheduler.after(travel(), () => reply.reject(unavailable(what)));
        return;
      }
      answer(reply, effect, () => false, what);
    });
  const write = <T>(what: string, effect: () => T): Promise<T> =>
    process.call(what, (reply) => {
      const failing = faults.strength('failed commit');
      if (failing > 0 && dice.chance(failing)) {
        faults.strike('failed commit', what);
        scheduler.after(travel(), () => reply.reject(unavailable(what)));
        return;
      }
      answer(
        reply,
        effect,
        () => {
          const losing = faults.strength('lost commit answer');
          if (losing === 0 || !dice.chance(losing)) return false;
          faults.strike('lost commit answer', what);
          return true;
        },
        what,
      );
    });

  return {
    get: (key) =>
      read(`ledger.get ${key.pk} ${key.sk}`, () => {
        const item = ledger.get(key);
        world.observer.ledgerRead(process, key, item);
        return item;
      }),
    query: (query) => read(`ledger.query ${query.pk}`, () => ledger.query(query)),
    commit: (commit) => write(`ledger.commit ${commit.token}`, () => ledger.commit(commit)),
    append: (records) =>
      records.length === 0
        ? Promise.resolve()
        : write(`ledger.append ${records[0]?.key.pk} ${records[0]?.key.sk}`, () => ledger.append(records)),
  };
}
