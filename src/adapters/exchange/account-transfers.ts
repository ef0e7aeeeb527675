import * as z from 'zod';
import { AresError } from '../../core/ares-error.ts';
import { epochMillis } from '../../core/ports/clock.ts';
import type { Transfer } from '../../core/ports/exchange.ts';
import { decimal } from '../../core/trading/money.ts';
import type { ReadGuard } from './read-guard.ts';
import type { Venue } from './venue.ts';

/** Longest window the exchange takes, and most rows it gives at a time. */
const WINDOW_MS = 89 * 86_400_000;
const PAGE = 1_000;

/** Transfers are found by when they were begun; one that took longer than this to change the balance is not found. */
const LONGEST_TRANSFER_MS = 7 * 86_400_000;

/** Nothing was transferred before the exchange opened: 2017-07-01. */
const OPENED = 1_498_867_200_000;

/** Text from the exchange, a number in a few of its answers. */
const amount = z.union([z.string(), z.number()]).transform((value) => decimal(String(value)));
const utcTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, 'must be a time like "2021-04-12 13:00:12"')
  .transform((text) => Date.parse(`${text.replace(' ', 'T')}Z`));
const id = z.union([z.string(), z.number()]).transform(String);
/** 1 is the funding wallet, whose money is not the trading account's. */
const walletType = z.number().default(0);

const deposit = z.object({
  id,
  coin: z.string(),
  amount,
  status: z.number(),
  insertTime: z.number(),
  completeTime: z.number().nullish(),
  walletType,
});
/** Credited; credited and not yet to be withdrawn. */
const CREDITED: ReadonlySet<number> = new Set([1, 6]);

const withdrawal = z.object({
  id,
  coin: z.string(),
  amount,
  transactionFee: amount,
  status: z.number(),
  applyTime: utcTime,
  completeTime: utcTime.nullish(),
  walletType,
});
/** Cancelled, rejected, failed: the money is back. */
const RETURNED: ReadonlySet<number> = new Set([1, 3, 5]);

export interface AccountTransfers {
  /** Whether the venue tells them, asked once. @throws AresError `EXCHANGE_UNAVAILABLE` */
  available(): Promise<boolean>;
  /** Those that changed the balance since, oldest first. */
  since(since: number): Promise<readonly Transfer[]>;
}

/** Deposits and withdrawals of the account, from the venue's wallet API where it has one and the key may read it. */
export function accountTransfers({ client, wallClock }: Venue, read: ReadGuard): AccountTransfers {
  let known: boolean | undefined;

  const deposits = async (request: object): Promise<readonly unknown[]> =>
    read('deposits', async () => z.array(z.unknown()).parse(await client.sapiGetCapitalDepositHisrec(request)));
  const withdrawals = async (request: object): Promise<readonly unknown[]> =>
    read('withdrawals', async () => z.array(z.unknown()).parse(await client.sapiGetCapitalWithdrawHistory(request)));

  async function all<T>(
    page: (request: object) => Promise<readonly unknown[]>,
    understood: (raw: unknown) => readonly T[],
    from: number,
  ): Promise<T[]> {
    const rows: T[] = [];
    const now = wallClock.now();
    for (let startTime = from; startTime <= now; startTime += WINDOW_MS) {
      const window = { startTime, endTime: startTime + WINDOW_MS - 1, limit: PAGE };
      for (let offset = 0; ; offset += PAGE) {
        const got = await page({ ...window, offset });
        rows.push(...got.flatMap(understood));
        if (got.length < PAGE) break;
      }
    }
    return rows;
  }

  async function available(): Promise<boolean> {
    if (known !== undefined) return known;
    if (!client.hasWallet()) known = false;
    else {
      try {
        await deposits({ startTime: wallClock.now() - 60_000, limit: 1 });
        known = true;
      } catch (failure) {
        if (!(failure instanceof AresError) || failure.code !== 'EXCHANGE_REFUSED') throw failure;
        known = false;
      }
    }
    return known;
  }

  return {
    available,
    async since(since) {
      if (!(await available())) return [];
      const from = Math.max(OPENED, since - LONGEST_TRANSFER_MS);
      const found = [
        ...(await all(deposits, depositTransfers, from)),
        ...(await all(withdrawals, withdrawalTransfers, from)),
      ];
      return found.filter((transfer) => transfer.at >= since).sort((a, b) => a.at - b.at);
    },
  };
}

/** @throws ZodError */
export function depositTransfers(raw: unknown): readonly Transfer[] {
  const row = deposit.parse(raw);
  if (row.walletType !== 0 || !CREDITED.has(row.status)) return [];
  const at = epochMillis(row.completeTime ?? row.insertTime);
  return [{ id: `deposit:${row.id}`, asset: row.coin, amount: row.amount, at }];
}

/** The money leaves when the withdrawal is asked for; one that is refused later brings it back, as a transfer of its own. @throws ZodError */
export function withdrawalTransfers(raw: unknown): readonly Transfer[] {
  const row = withdrawal.parse(raw);
  if (row.walletType !== 0) return [];
  const gone = row.amount.plus(row.transactionFee);
  const out = { id: `withdrawal:${row.id}`, asset: row.coin, amount: gone.times(-1), at: epochMillis(row.applyTime) };
  if (!RETURNED.has(row.status)) return [out];
  const back = epochMillis(row.completeTime ?? row.applyTime);
  return [out, { id: `withdrawal:${row.id}:returned`, asset: row.coin, amount: gone, at: back }];
}
