import { ApiError } from './api-error.ts';

export interface RequestWeight {
  /**
   * Counts a request against this minute of wall time.
   *
   * @returns the weight used in this minute
   * @throws ApiError 429 once the limit is passed, 418 when requests go on regardless
   */
  spend(weight: number, wallTime: number): number;
}

/** Requests answered with 429 before the address is banned. */
const PATIENCE = 10;
const BAN_SECONDS = 120;

export function createRequestWeight(limit: number): RequestWeight {
  let minute = 0;
  let used = 0;
  let refused = 0;
  let bannedUntil = 0;
  return {
    spend(weight, wallTime) {
      const now = Math.floor(wallTime / 60_000);
      if (now !== minute) {
        minute = now;
        used = 0;
        refused = 0;
      }
      if (wallTime < bannedUntil) {
        const message = `Way too much request weight used; IP banned until ${bannedUntil}. Please use WebSocket Streams for live updates to avoid bans.`;
        throw new ApiError(418, -1003, message, Math.ceil((bannedUntil - wallTime) / 1_000));
      }
      used += weight;
      if (used <= limit) return used;
      refused += 1;
      if (refused > PATIENCE) bannedUntil = wallTime + BAN_SECONDS * 1_000;
      const message = `Too much request weight used; current limit is ${limit} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`;
      throw new ApiError(429, -1003, message, Math.ceil(((minute + 1) * 60_000 - wallTime) / 1_000));
    },
  };
}
