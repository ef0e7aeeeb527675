import { messageOf } from '../../src/core/ares-error.ts';
import { readConfig } from '../../src/core/config/read-config.ts';
import { seedConfig } from '../../src/core/config/seed-config.ts';
import { everyFeature } from '../../src/core/features/every-feature.ts';
import { linesOf, parseSlotId, type SlotId } from '../../src/core/models/slot.ts';
import { ensureSlot } from '../../src/core/models/slot-registry.ts';
import type { EpochMillis } from '../../src/core/ports/clock.ts';
import type { StreamMessage } from '../../src/core/ports/exchange.ts';
import { acrossLines } from '../../src/core/trading/across-lines.ts';
import { engineSettings } from '../../src/core/trading/engine-settings.ts';
import { exchangeNow } from '../../src/core/trading/exchange-now.ts';
import { createHotSwap } from '../../src/core/trading/hot-swap.ts';
import { acquireLease, type Lease } from '../../src/core/trading/lease.ts';
import { refuseRivals, refuseSharedAssets } from '../../src/core/trading/refuse-shared-assets.ts';
import { halt, readTradingState } from '../../src/core/trading/trading-state.ts';
import { acknowledgeBars } from './acknowledge-bars.ts';
import { announce } from './announce.ts';
import { beatHeart } from './beat-heart.ts';
import { cancelEntries } from './cancel-entries.ts';
import { followClock } from './follow-clock.ts';
import { followCommands } from './follow-commands.ts';
import { reconcileBooks } from './reconcile-books.ts';
import { reportWaiting } from './report-waiting.ts';
import { routeMessages } from './route-messages.ts';
import { shareAccount } from './share-account.ts';
import { type Line, ownAccountSlots, recoverLine, type TraderOptions, type TraderPorts } from './start-line.ts';

export type { TraderOptions, TraderPorts } from './start-line.ts';

/** The engine's time goes on, also when the market says nothing. */
const TICK_MS = 1_000;

/**
 * Trades one slot, all its lines, until the signal: lease, market, recovery, decisions. Start-up is recovery; what cannot be handled is thrown, and the
 * next start recovers.
 */
export async function runTrader(options: TraderOptions, ports: TraderPorts, signal: AbortSignal): Promise<void> {
  const { slot, shared = shareAccount([slot]) } = options;
  const { exchange, ledger, log, monotonic, wallClock, timers } = ports;
  const { timeframe } = parseSlotId(slot);
  const lineIds = linesOf(slot);
  const instance = ports.random.id();
  const fatal = Promise.withResolvers<never>();
  // Nobody awaits it before the loop runs; an early rejection must not count as unhandled.
  fatal.promise.catch(() => undefined);
  refuseSharedAssets(shared.slots);

  await ensureSlot(ledger, slot, wallClock.now());
  const lease = await acquireLease(
    {
      slot,
      owner: instance,
      ttlMs: options.leaseTtlMs,
      recvWindowMs: options.recvWindowMs,
      onWaiting: reportWaiting({ slot, instance, staleMs: options.leaseTtlMs, onBeat: options.onBeat }, ports),
    },
    ports,
    signal,
  );
  void lease.lost.then((reason) => fatal.reject(new Error(reason)));
  log.info('lease taken', { slot, epoch: lease.epoch });
  await refuseRivalsOrLeave(slot, lease);

  if (options.initialSettings) {
    const { stage, initialSettings: settings } = options;
    const seeded = await seedConfig({ stage, settings, now: wallClock.now(), sessionId: instance }, ports);
    log.info('settings of the deployment', { ...seeded });
  }

  const buffered: StreamMessage[] = [];
  let deliver = (message: StreamMessage): void => void buffered.push(message);
  const feeds = parseSlotId(slot).symbols.map((symbol) => ({ symbol, timeframe }));
  const stream = await exchange.stream({ feeds }, (message) => deliver(message));

  const { config } = await readConfig(ledger);
  let everyMs = config.reconciliation.everySeconds * 1_000;
  const settings = engineSettings(config, lineIds.length);
  const since = await exchangeNow(lineIds[0] as SlotId, exchange);
  const recovered = [];
  for (const id of lineIds)
    recovered.push(await recoverLine({ id, options, instance, lease, settings, onFatal: fatal.reject }, ports));
  let booksMatch = true;
  const lines: Line[] = [];
  for (const { id, recovery } of recovered) {
    const position = recovery.account.position.quantity.toFixed();
    if (recovery.outcome === 'mismatch') {
      booksMatch = false;
      log.error(`the exchange does not hold what the books say, so nothing is traded: ${recovery.reason}`, {
        slot,
        line: id,
      });
      await stopTrading(`mismatch:${instance}:${id}`, recovery.reason);
    } else {
      const { settledNow, openOrders } = recovery;
      log.info('recovered', { slot, line: id, settledNow, position, keptOrders: openOrders.length });
    }
  }

  const { state: mode } = await readTradingState(ledger, slot);
  let halts = 0;
  const onHalt = (reason: string): void => {
    if (options.haltOnSilence === false) return;
    halts += 1;
    log.error(`trading halts itself: ${reason}`, { slot });
    stopTrading(`silence:${instance}:${halts}`, reason).catch(fatal.reject);
  };
  const acknowledged = acknowledgeBars(() => lines, options.acknowledge, fatal.reject);
  for (const line of recovered) {
    const onBarDone = (barClose: EpochMillis): void => acknowledged(line.id, barClose);
    lines.push(await line.start({ mode, shared, onHalt, onBarDone }));
  }

  const engines = acrossLines(lines.map(({ engine }) => engine));
  const { journal } = lines[0] as Line;
  const hotSwap = createHotSwap({ featureSet: everyFeature, timeframe }, { ...ports, engine: engines, journal });
  const commands = followCommands(
    {
      slot,
      lines: lines.length,
      pollMs: options.commandPollMs,
      booksMatch: () => booksMatch,
      onConfig: (changed) => {
        everyMs = changed.reconciliation.everySeconds * 1_000;
      },
      onFatal: fatal.reject,
    },
    { ...ports, engine: engines, hotSwap },
  );
  const clock = followClock((skewMs) => engines.accept({ kind: 'clock', skewMs }), ports);
  // A lease that ran out meanwhile has stopped the engines: a model would wait for ever to be taken.
  await Promise.race([fatal.promise, clock.measured.then(() => commands.synchronise())]);
  const books = reconcileBooks(
    {
      lines,
      guard: lease.guard,
      accountSlots: ownAccountSlots(options),
      foreignOrders: recovered.reduce((sum, { recovery }) => sum + recovery.foreignOrders, 0),
      everyMs: () => everyMs,
      since,
      onMismatch: async (line, findings) => {
        booksMatch = false;
        const reason = findings.join('; ');
        const message = `the exchange does not hold what the books of ${line.id} say: ${reason}`;
        log.error(message, { slot, line: line.id });
        line.journal.failed({ code: 'BOOKS_MISMATCH', message });
        halts += 1;
        await stopTrading(`mismatch:${instance}:${halts}`, reason);
      },
      onFatal: fatal.reject,
    },
    ports,
  );
  const route = routeMessages(lines, books.soon);
  deliver = route;
  for (const message of buffered.splice(0)) route(message);
  const stopTicking = timers.every(TICK_MS, () => engines.accept({ kind: 'tick', now: monotonic.now() }));
  const heart = beatHeart(
    {
      slot,
      instance,
      lines,
      hotSwap,
      books: () => books.counters,
      everyMs: options.heartbeatMs,
      onBeat: options.onBeat,
    },
    ports,
  );
  await announce('ComponentStarted', { component: 'trader', instance }, instance, ports);
  options.onReady();

  let reason = '';
  try {
    await Promise.race([
      fatal.promise,
      new Promise<void>((resolve) =>
        signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
      ),
    ]);
    reason = String(signal.reason);
  } finally {
    commands.stop();
    heart.stop();
    books.stop();
    clock.stop();
    stopTicking();
    hotSwap.stop();
    if (reason) await leaveInOrder();
    else await leaveBroken();
  }

  /** The state in the ledger first, so that it outlives this process; then the engines, which cancel what enters. */
  async function stopTrading(id: string, why: string): Promise<void> {
    await halt({ id, user: 'trader', now: wallClock.now(), sessionId: instance, slot, reason: why }, ports);
    for (const { engine } of lines) engine.accept({ kind: 'mode', mode: 'HALTED' });
  }

  async function refuseRivalsOrLeave(own: SlotId, held: Lease): Promise<void> {
    const silentMs = options.leaseTtlMs + options.recvWindowMs;
    try {
      await refuseRivals({ slot: own, beside: shared.slots, silentMs }, ports, signal);
    } catch (error) {
      await held.release();
      throw error;
    }
  }

  async function leaveInOrder(): Promise<void> {
    log.info('stopping', { slot, reason });
    // Entries are cancelled, so that none fills while nobody watches. Not a halt: a sale under way goes on, and what was bought gets its stop.
    for (const { engine } of lines) if (engine.mode === 'ACTIVE') engine.accept({ kind: 'mode', mode: 'REDUCING' });
    await Promise.race([Promise.all(lines.map(({ engine }) => engine.idle())), timers.sleep(options.recvWindowMs)]);
    await stream.close();
    for (const { engine } of lines) engine.stop();
    for (const line of lines) await line.journal.flush();
    await announce('ComponentStopped', { component: 'trader', instance, reason }, `${instance}:stop`, ports);
    await lease.release();
    for (const { engine } of lines) await engine.model?.predictor.release();
    await exchange
      .close()
      .catch((error: unknown) =>
        log.warn('the exchange connection did not close in order', { error: messageOf(error) }),
      );
  }

  /** What cannot be handled ends the process at once, but not with entries that nobody watches. */
  async function leaveBroken(): Promise<void> {
    for (const { engine } of lines) engine.stop();
    await cancelEntries(lines, ports);
  }
}
