import { DEFAULT_CONFIG, type LiveConfig } from '../../src/core/config/live-config.ts';
import { keys } from '../../src/core/ledger-keys.ts';
import { parseSlotId, type SlotId } from '../../src/core/models/slot.ts';
import { ensureSlot } from '../../src/core/models/slot-registry.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import type { Exchange } from '../../src/core/ports/exchange.ts';
import type { Ledger, Write } from '../../src/core/ports/ledger.ts';
import type { Log } from '../../src/core/ports/log.ts';
import { createExposure, type Exposure } from '../../src/core/risk/exposure.ts';
import { createAccount } from '../../src/core/simulation/account.ts';
import { simulatedMarketRules } from '../../src/core/simulation/market-rules.ts';
import {
  createSimulatedExchange,
  createSimulatedMarkets,
  type SimulatedExchange,
} from '../../src/core/simulation/simulated-exchange.ts';
import { createVenue, emptyVenue } from '../../src/core/simulation/venue.ts';
import { TradingEngine } from '../../src/core/trading/engine.ts';
import type { EngineModel } from '../../src/core/trading/engine-model.ts';
import { engineSettings } from '../../src/core/trading/engine-settings.ts';
import { createLedgerJournal } from '../../src/core/trading/ledger-journal.ts';
import { readBooks } from '../../src/core/trading/open-books.ts';
import type { RecoverOptions } from '../../src/core/trading/recover-options.ts';
import { type Recovery, recoverSlot } from '../../src/core/trading/recover-slot.ts';
import { BAR, CAPABILITIES, NO_EXITS, quiet, rules, scriptedModel, slot } from './engine-harness.ts';

export const newExchange = (): SimulatedExchange =>
  createSimulatedExchange(createVenue(rules, emptyVenue({ USDT: '10000' })), BAR, []);

/** Several markets on one account. */
export function newMarkets(symbols: readonly string[], quote = '10000'): SimulatedExchange {
  const account = createAccount(emptyVenue({ USDT: quote }).balances);
  return createSimulatedMarkets(
    symbols.map((symbol) => ({
      venue: createVenue(simulatedMarketRules(symbol), emptyVenue(), { account }),
      history: [],
    })),
    BAR,
  );
}

/** Owns the lease item at the version its guard expects. */
export async function takeLease(ledger: Ledger, owner: string, of: SlotId = slot): Promise<() => Write> {
  const item = await ledger.get(keys.lease(of));
  await ledger.commit({
    token: `lease:${of}:${owner}`,
    audit: [],
    events: [],
    writes: [
      {
        kind: 'put',
        key: keys.lease(of),
        expected: item?.version ?? 'absent',
        value: { owner, epoch: (item?.version ?? 0) + 1 },
      },
    ],
  });
  return () => ({ kind: 'check', key: keys.lease(of), expected: (item?.version ?? 0) + 1 });
}

export interface SlotTrader {
  readonly recovery: Exclude<Recovery, { outcome: 'accepted' }>;
  readonly engine: TradingEngine;
  readonly failures: unknown[];
  readonly guard: () => Write;
}

/** Signals only: what these tests count are entries and exits. */
const BY_SIGNAL: Partial<LiveConfig> = { exits: NO_EXITS };

let sessions = 0;

/** A trader as the trader process starts one: lease, books, recovery, engine, on a ledger and an exchange that outlive it. */
export async function startSlotTrader(
  ledger: Ledger,
  exchange: Exchange,
  listen: (deliver: TradingEngine['accept']) => void,
  options: {
    readonly model?: EngineModel;
    readonly line?: SlotId;
    readonly config?: Partial<LiveConfig>;
    readonly funds?: Exposure;
    readonly log?: Log;
  } = {},
): Promise<SlotTrader> {
  sessions += 1;
  const { line = slot, log = quiet, model = scriptedModel((n) => (n % 2 === 0 ? 0.9 : 0.1)) } = options;
  const sessionId = `session-${sessions}`;
  await ensureSlot(ledger, line, epochMillis(1));
  const guard = await takeLease(ledger, sessionId, line);
  const timers = { sleep: () => new Promise<void>((resolve) => setImmediate(resolve)), every: () => () => undefined };
  const failures: unknown[] = [];
  const settings = engineSettings({ ...DEFAULT_CONFIG, ...BY_SIGNAL, ...options.config });
  const ownRules = await exchange.rules(parseSlotId(line).symbols[0] as string);
  const recovering: RecoverOptions = {
    slot: line,
    rules: ownRules,
    budget: settings.strategy.quoteBudget,
    limits: settings.limits,
    recvWindowMs: 100,
    barMillis: BAR,
    sessionId,
    startedAt: epochMillis(1),
    guard,
  };
  const ports = { ledger, exchange, timers, log };
  for (;;) {
    const books = await readBooks(recovering, ports);
    const journal = createLedgerJournal(
      {
        slot: line,
        sessionId,
        guard,
        accountVersion: books.accountVersion,
        orderVersions: books.orderVersions,
        marketTime: () => epochMillis(books.account.settledThrough),
        onFailure: (error) => failures.push(error),
      },
      { ledger, wallClock: { now: () => epochMillis(1) } },
    );
    const recovery = await recoverSlot(books, recovering, journal, ports);
    if (recovery.outcome === 'accepted') continue;
    const epoch = sessions;
    const engine = new TradingEngine(
      {
        slot: line,
        rules: ownRules,
        capabilities: CAPABILITIES,
        exposure: createExposure(),
        ...(options.funds ? { funds: options.funds } : {}),
        timeframe: parseSlotId(line).timeframe,
        settings,
        features: { close: () => new Float32Array([1]) },
        mode: recovery.outcome === 'mismatch' ? 'HALTED' : 'ACTIVE',
        account: recovery.account,
        openOrders: recovery.openOrders,
        decidedBars: recovery.decidedBars,
        fence: { epoch, holds: () => true },
        recvWindowMs: 100,
        onFatal: (error) => failures.push(error),
      },
      { exchange, journal, monotonic: { now: () => 0 }, timers, log },
    );
    engine.accept({ kind: 'model', model, swapped: () => undefined });
    await engine.idle();
    listen((message) => engine.accept({ ...message, ...('receivedAt' in message ? { receivedAt: 0 } : {}) }));
    return { recovery, engine, failures, guard };
  }
}
