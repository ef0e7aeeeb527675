import { messageOf } from '../../src/core/ares-error.ts';
import { keys } from '../../src/core/ledger-keys.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import type { Timers, WallClock } from '../../src/core/ports/clock.ts';
import type { JsonObject, Ledger } from '../../src/core/ports/ledger.ts';
import type { Log } from '../../src/core/ports/log.ts';
import type { TradingMode } from '../../src/core/risk/risk-context.ts';
import type { EngineCounters } from '../../src/core/trading/engine-counters.ts';
import type { HotSwap } from '../../src/core/trading/hot-swap.ts';
import type { ReconcileCounters } from './reconcile-books.ts';
import type { Line } from './start-line.ts';
import { sumCounters } from './sum-counters.ts';

interface HeartPorts {
  readonly ledger: Ledger;
  readonly timers: Timers;
  readonly wallClock: WallClock;
  readonly log: Log;
}

const STRICTNESS: readonly TradingMode[] = ['ACTIVE', 'REDUCING', 'HALTED'];

/** Writes at once and every so often what the trader is and does, for whoever watches it; calls `onBeat` when that is written. */
export function beatHeart(
  of: {
    readonly slot: SlotId;
    readonly instance: string;
    readonly lines: readonly Line[];
    readonly hotSwap: HotSwap;
    readonly books: () => Readonly<ReconcileCounters>;
    readonly everyMs: number;
    readonly onBeat: () => void;
  },
  ports: HeartPorts,
): { stop(): void } {
  const { slot, lines, hotSwap, instance, everyMs, onBeat } = of;
  const [first] = lines as readonly [Line, ...Line[]];
  const beat = (): Promise<void> =>
    ports.ledger.append([
      {
        key: keys.heartbeat(slot),
        value: {
          at: ports.wallClock.now(),
          instance,
          state: strictest(lines.map(({ engine }) => engine.mode)),
          marketTime: Math.max(...lines.map(({ engine }) => engine.marketTime)),
          position: positionText(lines),
          runId: first.engine.model?.runId ?? null,
          modelHash: first.engine.model?.predictor.modelHash ?? null,
          swapInProgress: hotSwap.swapInProgress,
          orderInFlight: inFlight(lines),
          lines: Object.fromEntries(lines.map((line) => [line.id, lineView(line)])),
          ...sumCounters(lines.map(({ engine }) => engine.counters)),
          ...of.books(),
        },
      },
    ]);
  const report = (error: unknown): void =>
    ports.log.warn('the heartbeat could not be written', { error: messageOf(error) });
  void beat().then(onBeat, report);
  return { stop: ports.timers.every(everyMs, () => void beat().then(onBeat, report)) };
}

const strictest = (modes: readonly TradingMode[]): TradingMode =>
  STRICTNESS.findLast((mode) => modes.includes(mode)) ?? 'HALTED';

const positionOf = ({ engine }: Line): string => engine.account.position.quantity.toFixed();

const positionText = (lines: readonly Line[]): string =>
  lines.length === 1
    ? positionOf(lines[0] as Line)
    : lines.map((line) => `${positionOf(line)} ${line.rules.base}`).join(', ');

const PROTECTIVE: readonly string[] = ['stop_loss', 'take_profit'];

/** An order that is not at rest for good. */
const inFlight = (lines: readonly Line[]): string | null =>
  lines.flatMap(({ engine }) => engine.snapshot().openOrders).find(({ leg }) => !PROTECTIVE.includes(leg))
    ?.clientOrderId ?? null;

function lineView(line: Line): JsonObject {
  const { account, openOrders } = line.engine.snapshot();
  const { lastBarClose, decisions }: EngineCounters = line.engine.counters;
  return {
    position: account.position.quantity.toFixed(),
    openOrders: openOrders.map(({ clientOrderId, leg, state }) => ({ clientOrderId, leg, state })),
    lastBarClose,
    decisions,
  };
}
