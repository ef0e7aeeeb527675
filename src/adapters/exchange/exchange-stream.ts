import { AresError, messageOf } from '../../core/ares-error.ts';
import type { Timeframe } from '../../core/market-data/candle.ts';
import type { Stream, StreamMessage } from '../../core/ports/exchange.ts';
import { accountChannel } from './account-channel.ts';
import type { AccountKeys } from './account-keys.ts';
import { ExchangeAnswer, isRateLimited, isUncertain } from './exchange-answer.ts';
import { marketChannel } from './market-channel.ts';
import { type ChannelPolicy, type ChannelPorts, superviseChannel } from './supervised-channel.ts';
import type { Venue } from './venue.ts';

export interface StreamPolicy extends ChannelPolicy {
  /** Opening the stream gives up after so long, in milliseconds; once it was open it never does. */
  readonly firstConnectMs: number;
  /** A market socket that says nothing for so long is taken for dead, in milliseconds. */
  readonly silenceMs: number;
}

export const STREAM_POLICY: StreamPolicy = {
  baseMs: 100,
  capMs: 10_000,
  connectMs: 10_000,
  stableMs: 10_000,
  firstConnectMs: 15_000,
  silenceMs: 60_000,
};

/**
 * Market and account of one venue as one stream of messages.
 *
 * @throws AresError `EXCHANGE_UNAVAILABLE` or `EXCHANGE_REFUSED` when it does not come up
 */
export async function openStream(
  venue: Venue,
  keys: AccountKeys,
  request: { readonly symbols: readonly string[]; readonly timeframe: Timeframe },
  listener: (message: StreamMessage) => void,
  policy: StreamPolicy,
  ports: ChannelPorts,
): Promise<Stream> {
  const marketIds = await Promise.all(request.symbols.map((symbol) => venue.marketId(symbol)));
  await keys.ensure();
  let open = true;
  const tell = (message: StreamMessage) => {
    if (open) listener(message);
  };
  const channels = [
    marketChannel(venue, marketIds, request.timeframe, policy.silenceMs, tell, ports),
    accountChannel(venue, keys, tell),
  ];
  const supervised = channels.map((channel) =>
    superviseChannel(
      channel,
      policy,
      (state, reason) => tell({ kind: 'connection', state, channel: channel.name, reason }),
      (failure, triedMs) => isRefusal(failure) || triedMs >= policy.firstConnectMs,
      ports,
    ),
  );
  const close = async () => {
    open = false;
    await Promise.all(supervised.map((channel) => channel.stop()));
  };
  const opened = await Promise.allSettled(supervised.map((channel) => channel.ready));
  const failed = opened.find((outcome) => outcome.status === 'rejected');
  if (failed === undefined) return { close };
  await close();
  throw asStreamError(failed.reason);
}

const isRefusal = (failure: unknown): boolean =>
  (failure instanceof ExchangeAnswer && !isUncertain(failure.facts) && !isRateLimited(failure.facts)) ||
  (failure instanceof AresError && !(failure instanceof ExchangeAnswer) && failure.code !== 'EXCHANGE_UNAVAILABLE');

function asStreamError(failure: unknown): AresError {
  if (failure instanceof AresError && !(failure instanceof ExchangeAnswer)) return failure;
  const code = isRefusal(failure) ? 'EXCHANGE_REFUSED' : 'EXCHANGE_UNAVAILABLE';
  const data = failure instanceof ExchangeAnswer ? failure.data : {};
  return new AresError(code, `stream: ${messageOf(failure)}`, data, failure);
}
