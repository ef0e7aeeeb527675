import { timeframeMillis } from '../../core/market-data/timeframe.ts';
import type { Monotonic } from '../../core/ports/clock.ts';
import type { Feed } from '../../core/ports/exchange.ts';

export interface SilencePolicy {
  /** A socket that says nothing at all for so long is dead, in milliseconds. */
  readonly socketMs: number;
  /** So is the feed of one symbol among others that speak, but never sooner than one and a half of its bars, in milliseconds. */
  readonly symbolMs: number;
}

const BARS_OF_PATIENCE = 1.5;
/** A market may rest for hours: each reconnection that did not make it speak doubles the patience with it, up to so many times. */
const MOST_PATIENCE = 64;

export interface SilenceWatch {
  /** A new connection: everything has spoken just now. */
  begin(): void;
  /** A frame came, of this symbol or of none. */
  heard(symbol: string | undefined, at: number): void;
  /** Why the connection should be given up, if it should. */
  reasonToReconnect(): string | undefined;
}

interface Patience {
  readonly limitMs: number;
  times: number;
  lastAt: number;
}

/** Notices a socket that is up and says nothing, of everything or of one symbol among many: an exchange may lose one subscription and keep the rest. */
export function watchSilence(feeds: readonly Feed[], policy: SilencePolicy, monotonic: Monotonic): SilenceWatch {
  const symbols = new Map<string, Patience>();
  for (const { symbol, timeframe } of feeds) {
    const limitMs = Math.max(policy.symbolMs, BARS_OF_PATIENCE * timeframeMillis(timeframe));
    const shortest = Math.min(limitMs, symbols.get(symbol)?.limitMs ?? Number.POSITIVE_INFINITY);
    symbols.set(symbol, { limitMs: shortest, times: 1, lastAt: 0 });
  }
  let lastAt = 0;
  return {
    begin() {
      lastAt = monotonic.now();
      for (const patience of symbols.values()) patience.lastAt = lastAt;
    },
    heard(symbol, at) {
      lastAt = at;
      const patience = symbol === undefined ? undefined : symbols.get(symbol);
      if (patience === undefined) return;
      patience.lastAt = at;
      patience.times = 1;
    },
    reasonToReconnect() {
      const now = monotonic.now();
      if (now - lastAt > policy.socketMs) return `the market sent nothing for ${policy.socketMs} ms`;
      for (const [symbol, patience] of symbols) {
        const limitMs = patience.limitMs * patience.times;
        if (now - patience.lastAt <= limitMs) continue;
        patience.times = Math.min(MOST_PATIENCE, patience.times * 2);
        return `the market sent nothing of ${symbol} for ${limitMs} ms, while others spoke`;
      }
      return undefined;
    },
  };
}
