import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { migrations } from '../../src/adapters/local/migrations.ts';
import { writeCandleSlice } from '../support/candle-slice.ts';
import { eventually } from '../support/eventually.ts';
import { controlExchange } from '../support/exchange-process.ts';
import { allEnded, startRunner } from '../support/runner-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { OWN_EXCHANGE, openTradedSlot, SHORT_LEASE } from '../support/traded-slot.ts';

const SPEED = 600;
const RESTING: ReadonlySet<string> = new Set(['new', 'partially_filled']);

it('starts on an older database, lets nobody else in, stops with everything on Ctrl-C, and goes on where it stopped', async () => {
  const directory = temporaryDirectory();
  const data = join(directory, 'data');
  const candles = writeCandleSlice(join(directory, 'candles.csv'), 4_000).path;
  const args = ['--data-dir', data, '--data', candles, '--speed', String(SPEED)];
  const env = SHORT_LEASE;

  const traded = await openTradedSlot(data, OWN_EXCHANGE);
  olderSchema(join(data, 'ares.db'));

  const first = startRunner(args, { env });
  const url = (await first.process.says(/The paper exchange on (http:\S+)/))[1] as string;
  expect(readdirSync(data).filter((name) => name.startsWith('ares.db.backup-v1-'))).toHaveLength(1);
  const instance = await traded.tradesAgain();

  const second = startRunner(args, { env });
  expect(await second.process.ended).toBe(1);
  expect(second.process.stderr()).toMatch(
    new RegExp(`ALREADY_RUNNING: .* must be used by one runner, process ${first.process.pid} already uses it\\. Stop`),
  );
  const page = (await first.process.says(/The page is at http:\/\/localhost:(\d+)/))[1] as string;
  await first.process.says(/MLFLOW_TRACKING_TOKEN=ares_[0-9a-f]{64}/);
  const third = startRunner(['--data-dir', join(directory, 'other'), '--data', candles, '--port', page], { env });
  expect(await third.process.ended).toBe(1);
  expect(third.process.stderr()).toMatch(new RegExp(`PORT_BUSY: port ${page} must be free`));

  const exchange = controlExchange(url);
  // A stop that rests now goes its way later; what has ended stays as it is.
  const endedOf = ({ orders }: { readonly orders: readonly { readonly status: string }[] }): number[] =>
    orders.flatMap(({ status }, at) => (RESTING.has(status) ? [] : [at]));
  await eventually('ended orders of the first, unharmed', async () => endedOf(await exchange.books()).length >= 4);
  expect(await traded.differences(exchange)).toEqual([]);
  const before = await exchange.books();
  const { marketTime, orders } = before;
  await exchange.run(SPEED);
  const children = first.children();
  expect(children).toHaveLength(2);
  first.process.kill('SIGINT');
  expect(await first.process.ended, first.process.stderr()).toBe(0);
  await allEnded(children);
  expect(await traded.outbox.pending(10)).toEqual([]);

  const again = startRunner(args, { env });
  const urlAgain = (await again.process.says(/The paper exchange on (http:\S+)/))[1] as string;
  await traded.tradesAgain(instance);
  expect(again.process.stdout()).toContain('needs a token');
  expect(again.process.stdout()).not.toContain('MLFLOW_TRACKING_TOKEN');
  const later = await controlExchange(urlAgain).books();
  expect(later.marketTime).toBeGreaterThan(marketTime);
  const ended = endedOf(before);
  expect(ended.length).toBeGreaterThanOrEqual(4);
  expect(ended.map((at) => later.orders[at])).toEqual(ended.map((at) => orders[at]));
  expect(await traded.differences(controlExchange(urlAgain))).toEqual([]);
  const others = again.children();
  again.process.kill('SIGTERM');
  expect(await again.process.ended, again.process.stderr()).toBe(0);
  await allEnded(others);

  const market = writeCandleSlice(join(directory, 'others.csv'), 4_000, 10).path;
  const foreign = startRunner(['--data-dir', data, '--data', market], { env });
  expect(await foreign.process.ended).toBe(1);
  expect(foreign.process.stderr()).toMatch(
    /must belong to the market .*, was made with .*: use another data directory/,
  );
});

/** Takes the database back to what version 1 of its schema was, with everything that was in it. */
function olderSchema(path: string): void {
  expect(migrations.length, 'what versions 2 to 4 added is undone here').toBe(4);
  const old = new DatabaseSync(path);
  old.exec('DROP INDEX commits_forgotten; ALTER TABLE commits DROP COLUMN forgotten_at;');
  old.exec('DROP INDEX state_expiring; DROP INDEX registry_expiring;');
  old.exec('ALTER TABLE state DROP COLUMN expires_at; ALTER TABLE registry DROP COLUMN expires_at;');
  old.exec('ALTER TABLE outbox DROP COLUMN committed_at;');
  old.exec('DROP TABLE metrics; DROP INDEX outbox_pending; DROP INDEX deliveries_due; DROP INDEX commands_visible;');
  old.exec('PRAGMA user_version = 1');
  old.close();
}
