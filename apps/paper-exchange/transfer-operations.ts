import type { Transfer } from '../../src/core/ports/exchange.ts';
import type { ExchangeContext, Operation } from './operations.ts';
import { limitOf, optionalInteger, type Parameters } from './parameters.ts';

const CAME = 1;
const COMPLETED = 6;

/** Those of one direction that were asked for, newest first as Binance has them. */
function asked(parameters: Parameters, { account }: ExchangeContext, isIn: boolean): readonly Transfer[] {
  const from = optionalInteger(parameters, 'startTime') ?? 0;
  const to = optionalInteger(parameters, 'endTime') ?? Number.MAX_SAFE_INTEGER;
  const offset = optionalInteger(parameters, 'offset') ?? 0;
  const limit = limitOf(parameters, 1_000, 1_000);
  const fits = account
    .transfers()
    .filter(({ amount, at, asset }) => {
      return amount.gt(0) === isIn && at >= from && at <= to && (!parameters.coin || parameters.coin === asset);
    })
    .reverse();
  return fits.slice(offset, offset + limit);
}

/** `2024-01-01 00:00:00`, as Binance writes the times of withdrawals: UTC, to the second. */
const secondText = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

/** What came into the account and went out of it, other than by trading. */
export const transferOperations = {
  'deposit.history': {
    weight: 1,
    security: 'signed',
    run: (parameters, context) =>
      asked(parameters, context, true).map(({ id, asset, amount, at }) => ({
        id,
        amount: amount.toFixed(),
        coin: asset,
        network: asset,
        status: CAME,
        address: 'paper',
        addressTag: '',
        txId: id,
        insertTime: at,
        completeTime: at,
        transferType: 0,
        confirmTimes: '1/1',
        unlockConfirm: 0,
        walletType: 0,
      })),
  },
  'withdraw.history': {
    weight: 1,
    security: 'signed',
    run: (parameters, context) =>
      asked(parameters, context, false).map(({ id, asset, amount, at }) => ({
        id,
        // The amount that went, the fee not in it: there is none.
        amount: amount.abs().toFixed(),
        transactionFee: '0',
        coin: asset,
        status: COMPLETED,
        address: 'paper',
        txId: id,
        applyTime: secondText(at),
        network: asset,
        transferType: 0,
        info: '',
        confirmNo: 1,
        walletType: 0,
        txKey: '',
        completeTime: secondText(at),
      })),
  },
} as const satisfies Record<string, Operation>;
