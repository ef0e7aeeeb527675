import { openDatabase } from '../../../src/adapters/local/database.ts';
import { createSqliteLedger } from '../../../src/adapters/local/sqlite-ledger.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { keyOf, writer } from './crash-commit.ts';

/** Commits until it is killed, one counter up, one audit entry and one event a commit, saying each number once it is committed. */
const [directory = '', name = ''] = process.argv.slice(2);
const ledger = createSqliteLedger(openDatabase(directory));
const key = keyOf(name);
for (;;) {
  const item = await ledger.get(key);
  const n = Number(item?.value.n ?? 0) + 1;
  const outcome = await ledger.commit(writer(name, n, item?.version ?? 'absent', epochMillis(Date.now())));
  if (outcome.outcome !== 'committed' || outcome.repeated) throw new Error(`${name} ${n}: ${JSON.stringify(outcome)}`);
  process.stdout.write(`${n}\n`);
}
