import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/local/database.ts';
import { createSqliteLedger } from '../../../src/adapters/local/sqlite-ledger.ts';
import { queryAudit } from '../../../src/core/audit/query-audit.ts';
import { readConfig } from '../../../src/core/config/read-config.ts';
import { spawnProgram } from '../../support/spawned-process.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** A trader that reaches no exchange: it ends at the latest when it has asked in vain. */
function startTrader(env: Readonly<Record<string, string>>) {
  const dataDir = temporaryDirectory();
  const keysFile = join(dataDir, 'keys.json');
  writeFileSync(keysFile, JSON.stringify({ apiKey: 'key', secret: 'secret' }), { mode: 0o600 });
  const trader = spawnProgram('apps/trader/main.ts', {
    env: { ARES_DATA_DIR: dataDir, ARES_KEYS_FILE: keysFile, ARES_LOG_LEVEL: 'info', ...env },
  });
  return { dataDir, trader, said: () => `${trader.stdout()}${trader.stderr()}` };
}

const PAPER = { ARES_MODE: 'paper', ARES_STAGE: 'paper', ARES_EXCHANGE_URL: 'http://127.0.0.1:1' };

test('a trader makes the settings of its deployment the first configuration, before it trades', async () => {
  const { dataDir, trader } = startTrader({ ...PAPER, ARES_INITIAL_SETTINGS: '{"risk.dailyLossFraction":0.01}' });
  await trader.says(/"outcome":"seeded"/);
  trader.kill('SIGKILL');
  await trader.ended;
  using db = openDatabase(dataDir);
  const ledger = createSqliteLedger(db);
  const { version, config } = await readConfig(ledger);
  expect([version, config.risk.dailyLossFraction]).toEqual([1, 0.01]);
  const { entries } = await queryAudit(ledger, { stream: 'config', limit: 10 });
  expect(entries.map(({ user }) => user)).toEqual(['deployment']);
});

test('a trader does not start with settings that are wrong', async () => {
  const { trader, said } = startTrader({ ...PAPER, ARES_INITIAL_SETTINGS: '{"risk.dailyLossFraction":7}' });
  expect(await trader.ended).toBe(1);
  expect(said()).toContain('risk.dailyLossFraction must be a number from 0 to 1, was 7');
});

test('a trader does not start in a mode that it cannot keep to', async () => {
  const hurried = startTrader({ ...PAPER, ARES_MODE: 'shadow', ARES_LOCKSTEP: '1' });
  const { ARES_EXCHANGE_URL: _, ...withoutAddress } = PAPER;
  const real = startTrader(withoutAddress);
  expect(await hurried.trader.ended).toBe(1);
  expect(hurried.said()).toContain('ARES_LOCKSTEP must be 0 when ARES_MODE is');
  expect(await real.trader.ended).toBe(1);
  expect(real.said()).toContain('ARES_EXCHANGE_URL must name a paper exchange');
});
