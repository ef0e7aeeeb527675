import { DEFAULT_CONFIG } from '../../src/core/config/live-config.ts';
import { keys } from '../../src/core/ledger-keys.ts';
import type { Timeframe } from '../../src/core/market-data/candle.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import type { Exchange } from '../../src/core/ports/exchange.ts';
import type { Ledger, Write } from '../../src/core/ports/ledger.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../../src/core/simulation/simulated-exchange.ts';
import { createVenue, emptyVenue } from '../../src/core/simulation/venue.ts';
import { type EngineModel, TradingEngine } from '../../src/core/trading/engine.ts';
import { engineSettings } from '../../src/core/trading/engine-settings.ts';
import { createLedgerJournal } from '../../src/core/trading/ledger-journal.ts';
import { decimal } from '../../src/core/trading/money.ts';
import { type RecoverOptions, type Recovery, readBooks, recoverSlot } from '../../src/core/trading/recover-slot.ts';
import { BAR, quiet, rules, scriptedModel, slot } from './engine-harness.ts';

export const newExchange = (): SimulatedExchange =>
  createSimulatedExchange(createVenue(rules, emptyVenue({ USDT: '10000' })), BAR, []);

/** Owns the lease item at the version its guard expects. */
export async function takeLease(ledger: Ledger, owner: string): Promise<() => Write> {
  const item = await ledger.get(keys.lease(slot));
  await ledger.commit({
    token: `lease:${owner}`,
    audit: [],
    events: [],
    writes: [
      {
        kind: 'put',
        key: keys.lease(slot),
        expected: item?.version ?? 'absent',
        value: { owner, epoch: (item?.version ?? 0) + 1 },
      },
    ],
  });
  return () => ({ kind: 'check', key: keys.lease(slot), expected: (item?.version ?? 0) + 1 });
}

export interface SlotTrader {
  readonly recovery: Recovery;
  readonly engine: TradingEngine;
  readonly failures: unknown[];
}

let sessions = 0;

/** A trader as the trader process starts one: lease, books, recovery, engine, on a ledger and an exchange that outlive it. */
export async function startSlotTrader(
  ledger: Ledger,
  exchange: Exchange,
  listen: (deliver: TradingEngine['accept']) => void,
  model: EngineModel = scriptedModel((n) => (n % 2 === 0 ? 0.9 : 0.1)),
): Promise<SlotTrader> {
  sessions += 1;
  const sessionId = `session-${sessions}`;
  const guard = await takeLease(ledger, sessionId);
  const timers = { sleep: () => new Promise<void>((resolve) => setImmediate(resolve)), every: () => () => undefined };
  const failures: unknown[] = [];
  const options: RecoverOptions = {
    slot,
    rules,
    budget: decimal('10000'),
    recvWindowMs: 100,
    barMillis: BAR,
    sessionId,
    startedAt: epochMillis(1),
    guard,
  };
  const ports = { ledger, exchange, timers, log: quiet };
  const books = await readBooks(options, ports);
  const journal = createLedgerJournal(
    {
      slot,
      sessionId,
      guard,
      accountVersion: books.accountVersion,
      orderVersions: books.orderVersions,
      marketTime: () => epochMillis(books.account.settledThrough),
      onFailure: (error) => failures.push(error),
    },
    { ledger, wallClock: { now: () => epochMillis(1) } },
  );
  const recovery = await recoverSlot(books, options, journal, ports);
  const epoch = sessions;
  const engine = new TradingEngine(
    {
      slot,
      rules,
      timeframe: '1m' as Timeframe,
      settings: engineSettings(DEFAULT_CONFIG),
      features: { close: () => new Float32Array([1]) },
      mode: 'ACTIVE',
      account: recovery.account,
      decidedBars: recovery.decidedBars,
      fence: { epoch, holds: () => true },
      recvWindowMs: 100,
      onFatal: (error) => failures.push(error),
    },
    { exchange, journal, monotonic: { now: () => 0 }, timers, log: quiet },
  );
  engine.accept({ kind: 'model', model, swapped: () => undefined });
  await engine.idle();
  listen((message) => engine.accept({ ...message, ...('receivedAt' in message ? { receivedAt: 0 } : {}) }));
  return { recovery, engine, failures };
}
