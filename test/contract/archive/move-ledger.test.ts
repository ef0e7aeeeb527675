import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/local/database.ts';
import { createFileModelStore } from '../../../src/adapters/local/file-model-store.ts';
import { createSqliteArchive } from '../../../src/adapters/local/sqlite-archive.ts';
import { createSqliteLedger } from '../../../src/adapters/local/sqlite-ledger.ts';
import { systemClocks } from '../../../src/adapters/local/system-clocks.ts';
import { type ExportPorts, exportLedger } from '../../../src/core/archive/export-ledger.ts';
import { IMPORT_REASON } from '../../../src/core/archive/held-records.ts';
import { importLedger } from '../../../src/core/archive/import-ledger.ts';
import { verifyArchive } from '../../../src/core/archive/verify-archive.ts';
import { queryAudit } from '../../../src/core/audit/query-audit.ts';
import { updateConfig } from '../../../src/core/config/update-config.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import { registerCandidate } from '../../../src/core/models/register-candidate.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { StreamMessage } from '../../../src/core/ports/exchange.ts';
import type { Ledger } from '../../../src/core/ports/ledger.ts';
import type { ArchivedRecord } from '../../../src/core/ports/ledger-archive.ts';
import type { ModelHash } from '../../../src/core/ports/model-store.ts';
import { acquireLease } from '../../../src/core/trading/lease.ts';
import { readTradingState, reduce } from '../../../src/core/trading/trading-state.ts';
import { each } from '../../support/archive-text.ts';
import { bar, quiet, slot } from '../../support/engine-harness.ts';
import { sampleBytes, sampleLoader } from '../../support/model-bytes.ts';
import { newExchange, startSlotTrader } from '../../support/slot-trader.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { dumped } from './ledger-archive-contract.ts';

const { wall, monotonic, timers } = systemClocks;
const silence = { ttlMs: 200, recvWindowMs: 100 };
let commands = 0;
const command = (user = 'ada') => {
  commands += 1;
  return { id: `command-${commands}`, user, now: wall.now(), sessionId: 'session' };
};

function open() {
  const directory = temporaryDirectory();
  const db = openDatabase(directory);
  const ledger = createSqliteLedger(db);
  const modelStore = createFileModelStore(join(directory, 'models'));
  return { db, directory, ledger, modelStore, archive: createSqliteArchive(db) };
}
type Machine = ReturnType<typeof open>;

const register = ({ ledger, modelStore }: Machine, runId: string) =>
  registerCandidate(
    {
      ...command(),
      slot,
      runId,
      model: { bytes: sampleBytes(runId) },
      metrics: { accuracy: 0.5 },
      evaluation: { from: 2_000, to: 3_000, rows: 500 },
    },
    { ledger, modelStore, predictorLoader: sampleLoader },
  );

async function exported(machine: Machine, changed: Partial<ExportPorts> = {}): Promise<readonly string[]> {
  const request = { now: wall.now(), stage: 'local', ...silence };
  let text = '';
  for await (const line of exportLedger(request, { ...machine, monotonic, timers, ...changed })) text += line;
  return text.split('\n').slice(0, -1);
}

const lines = (text: readonly string[]) => () => each(text);
const imported = async (text: readonly string[], machine: Pick<Machine, 'ledger' | 'modelStore' | 'archive'>) =>
  importLedger(command('grace'), await verifyArchive(each(text)), lines(text), machine);

const newLease = (ledger: Ledger, owner: string) =>
  acquireLease({ slot, owner, ...silence }, { ledger, monotonic, timers, log: quiet });

describe('moving a system', () => {
  test('brings models and ledger over, halts every slot, and says in the audit trail who did it from which archive', async () => {
    const [from, to] = [open(), open()];
    await register(from, 'run-1');
    await register(from, 'run-2');
    await reduce({ ...command(), slot, reason: 'weekend' }, from);
    await (await newLease(from.ledger, 'one')).release();
    const text = await exported(from);
    const began = Math.floor(Date.now() / 1_000);
    const summary = await imported(text, to);
    const { sha256 } = JSON.parse(text.at(-1) ?? '');

    expect(summary).toMatchObject({ slots: [{ slot, epoch: { before: 1 } }], auditEntries: 4 });
    const { state, reason, by } = await readTradingState(to.ledger, slot);
    expect({ state, reason, by }).toEqual({ state: 'HALTED', reason: IMPORT_REASON, by: 'grace' });
    const page = await queryAudit(to.ledger, { stream: 'trading', order: 'descending', limit: 1 });
    expect(page.entries).toMatchObject([
      {
        eventType: 'TradingHalted',
        action: 'import',
        user: 'grace',
        details: { slot, from: 'REDUCING', to: 'HALTED', reasonBefore: 'weekend', archive: sha256, epochBefore: 1 },
      },
    ]);
    for (const name of ['run-1', 'run-2']) {
      const record = await to.ledger.get(keys.model(slot, name));
      expect(await to.modelStore.get(record?.value.modelHash as ModelHash)).toEqual(Buffer.from(sampleBytes(name)));
    }
    const lease = await newLease(to.ledger, 'next');
    expect(lease.epoch).toBeGreaterThan(began);
    await lease.release();
    expect(await to.archive.standing(sha256)).toBe('taken');
  });

  test('changes nothing but trading state, lease and what their audit needs', async () => {
    const [from, to] = [open(), open()];
    await register(from, 'run-1');
    await updateConfig({ ...command(), patch: { strategy: { entryThreshold: 0.6 } } }, from);
    await imported(await exported(from), to);
    const name = (record: ArchivedRecord): string =>
      record.kind === 'item' ? `${record.item.key.pk} ${record.item.key.sk}` : record.kind;
    const [before, after] = [await dumped(from.archive), await dumped(to.archive)];
    const known = new Set(before.map((record) => JSON.stringify(record)));
    const added = after.filter((record) => !known.has(JSON.stringify(record))).map(name);
    expect(added.toSorted()).toEqual(
      [
        'commit',
        'entries#trading 000000000000001',
        'event',
        'heads trading',
        `slot#${slot} lease`,
        `slot#${slot} trading-state`,
      ].toSorted(),
    );
    const kept = new Set(after.map((record) => JSON.stringify(record)));
    expect(before.filter((record) => !kept.has(JSON.stringify(record)))).toEqual([]);
  });

  test('lets a trader go on from an older copy as the exchange has it, with client order ids it never used', async () => {
    const [lost, restored] = [open(), open()];
    const exchange = newExchange();
    let deliver: (message: StreamMessage) => void = () => undefined;
    await exchange.stream({ feeds: [{ symbol: 'BTC/USDT', timeframe: '1m' as never }] }, (message) => deliver(message));
    const start = (ledger: Ledger) =>
      startSlotTrader(ledger, exchange, (to) => {
        deliver = to;
      });
    const play = async (ledger: Ledger, first: number, last: number) => {
      const trader = await start(ledger);
      for (let index = first; index <= last; index += 1) {
        exchange.play(bar(index, 40_000 + index * 10));
        await trader.engine.idle();
        await new Promise((resolve) => setImmediate(resolve));
      }
      return trader;
    };
    const copied = await play(lost.ledger, 1, 4);
    const copy = await exported(lost);
    deliver = () => undefined;
    const last = await play(lost.ledger, 5, 11);
    deliver = () => undefined;
    const books = (await start(lost.ledger)).recovery.account;
    deliver = () => undefined;
    expect(copied.failures.concat(last.failures)).toEqual([]);

    await imported(copy, restored);
    const again = await start(restored.ledger);
    expect(again.recovery).toMatchObject({ outcome: 'ready' });
    const orders = await exchange.ordersSince('BTC/USDT', epochMillis(0));
    expect(orders.length).toBeGreaterThan(4);
    expect(again.recovery.account.position).toEqual(books.position);
    expect(again.recovery.account.quoteFlow).toEqual(books.quoteFlow);
    expect(again.recovery.account.trades).toBe(orders.length);
    expect((await readTradingState(restored.ledger, slot)).state).toBe('HALTED');
  });
});

describe('an export', () => {
  test('is refused while a trader lives, and goes through once it has died', async () => {
    const machine = open();
    await register(machine, 'run-1');
    const lease = await newLease(machine.ledger, 'alive');
    await expect(exported(machine)).rejects.toMatchObject({ code: 'TRADER_RUNNING' });
    await lease.release();
    await exported(machine);
    const dying = await newLease(machine.ledger, 'dying');
    const item = await machine.ledger.get(keys.lease(slot));
    expect(item?.value.owner).toBe('dying');
    // As a killed process leaves it: nobody gives it back, and nobody renews it.
    const left = await dumped(machine.archive);
    await dying.release();
    const after = open();
    await after.archive.load('x', each(left));
    const began = monotonic.now();
    await exported(after);
    expect(monotonic.now() - began).toBeGreaterThanOrEqual(300);
  });

  test('has no end when somebody decides something while it is read', async () => {
    const machine = open();
    await register(machine, 'run-1');
    let decided = false;
    const dump = async function* () {
      for await (const record of machine.archive.dump()) {
        if (!decided) await updateConfig({ ...command(), patch: { strategy: { entryThreshold: 0.6 } } }, machine);
        decided = true;
        yield record;
      }
    };
    await expect(exported(machine, { archive: { dump } })).rejects.toMatchObject({
      code: 'LEDGER_CHANGED',
      message: expect.stringContaining('the audit trail "config"'),
    });
  });

  test('leaves out a model whose bytes are lost, and says so; the others come along', async () => {
    const machine = open();
    await register(machine, 'run-1');
    await register(machine, 'run-2');
    const lost = (await machine.ledger.get(keys.model(slot, 'run-1')))?.value.modelHash as ModelHash;
    const get = async (hash: ModelHash) => (hash === lost ? open().modelStore.get(hash) : machine.modelStore.get(hash));
    const text = await exported(machine, { modelStore: { get } });
    const { header, trailer } = await verifyArchive(each(text));
    expect(header.missingModels).toMatchObject([{ hash: lost, reason: expect.stringContaining('no such file') }]);
    expect(trailer.counts.models).toBe(1);
    const broken = { get: () => Promise.reject(new Error('the network is down')) };
    await expect(exported(machine, { modelStore: broken })).rejects.toThrow('the network is down');
  });
});

describe('an import', () => {
  test('that was broken off goes on, wherever that was, and halts each slot once', async () => {
    const from = open();
    await register(from, 'run-1');
    const text = await exported(from);
    for (const at of ['load', 'commit', 'lost answer', 'finish'] as const) {
      const to = open();
      const fail = () => Promise.reject(new Error('killed'));
      const broken = {
        modelStore: to.modelStore,
        archive: { ...to.archive, ...(at === 'load' || at === 'finish' ? { [at]: fail } : {}) },
        ledger: {
          ...to.ledger,
          commit: async (commit: Parameters<Ledger['commit']>[0]) => {
            if (at === 'commit') return fail();
            const outcome = await to.ledger.commit(commit);
            return at === 'lost answer' ? fail() : outcome;
          },
        },
      };
      await expect(imported(text, broken)).rejects.toThrow('killed');
      if (at !== 'load') expect((await readTradingState(to.ledger, slot)).state).toBe('HALTED');
      expect(await imported(text, to)).toMatchObject({ auditEntries: 2 });
      const page = await queryAudit(to.ledger, { stream: 'trading', limit: 10 });
      expect(page.entries).toHaveLength(1);
    }
  });

  test('writes nothing of a file that is another the second time it is read', async () => {
    const [from, to] = [open(), open()];
    await register(from, 'run-1');
    const first = await exported(from);
    const verified = await verifyArchive(each(first));
    await sleep(2);
    const second = await exported(from);
    await expect(importLedger(command(), verified, lines(second), to)).rejects.toMatchObject({
      code: 'ARCHIVE_CHANGED',
    });
    await expect(importLedger(command(), verified, lines(first.slice(0, -1)), to)).rejects.toMatchObject({
      code: 'ARCHIVE_DAMAGED',
    });
    let reads = 0;
    const lateChange = () => each(reads++ === 0 ? first : second);
    await expect(importLedger(command(), verified, lateChange, to)).rejects.toMatchObject({ code: 'ARCHIVE_CHANGED' });
    expect(await to.archive.standing('any')).toBe('empty');
  });

  test('is refused where something is already, also the same archive', async () => {
    const [from, to] = [open(), open()];
    await register(from, 'run-1');
    const text = await exported(from);
    await imported(text, to);
    await expect(imported(text, to)).rejects.toMatchObject({ code: 'ARCHIVE_TARGET_NOT_EMPTY' });
  });

  test('fails when somebody else writes into the audit trail beside it', async () => {
    const [from, to] = [open(), open()];
    await register(from, 'run-1');
    const meddling = {
      ...to,
      ledger: {
        ...to.ledger,
        commit: async (commit: Parameters<Ledger['commit']>[0]) => {
          const outcome = await to.ledger.commit(commit);
          to.db.exec(`INSERT INTO audit (pk, sk, version, value) VALUES ('entries#keys', '1', 1, '{}')`);
          return outcome;
        },
      },
    };
    await expect(imported(await exported(from), meddling)).rejects.toMatchObject({ code: 'AUDIT_INVALID' });
  });
});
