import { AresError, messageOf } from '../../core/ares-error.ts';
import type { Feed, Stream, StreamMessage } from '../../core/ports/exchange.ts';
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
  /** So is the feed of one symbol among others that speak, but never sooner than one and a half of its bars, in milliseconds. */
  readonly symbolSilenceMs: number;
}

export const STREAM_POLICY: StreamPolicy = {
  baseMs: 100,
  capMs: 10_000,
  connectMs: 10_000,
  stableMs: 10_000,
  firstConnectMs: 15_000,
  silenceMs: 60_000,
  symbolSilenceMs: 90_000,
};

/**
 * Market and account of one venue as one stream of messages.
 *
 * @param keys without them the market alone
 * @throws AresError `EXCHANGE_UNAVAILABLE` or `EXCHANGE_REFUSED` when it does not come up; `STREAM_TOO_WIDE` for more feeds than one socket carries
 */
export async function openStream(
  venue: Venue,
  keys: AccountKeys | undefined,
  request: { readonly feeds: readonly Feed[] },
  listener: (message: StreamMessage) => void,
  policy: StreamPolicy,
  ports: ChannelPorts,
): Promise<Stream> {
  const feeds = await Promise.all(
    request.feeds.map(async (feed) => ({ ...feed, marketId: await venue.marketId(feed.symbol) })),
  );
  await keys?.ensure();
  let open = true;
  const tell = (message: StreamMessage) => {
    if (open) listener(message);
  };
  const silence = { socketMs: policy.silenceMs, symbolMs: policy.symbolSilenceMs };
  const market = marketChannel(venue, feeds, silence, tell, ports);
  const channels = keys ? [market, accountChannel(venue, keys, tell)] : [market];
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
