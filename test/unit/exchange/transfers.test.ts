import { describe, expect, it } from 'vitest';
import { depositTransfers, withdrawalTransfers } from '../../../src/adapters/exchange/account-transfers.ts';

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const deposit = (changes: object = {}) => ({
  id: '769800519366885376',
  amount: '0.001',
  coin: 'BNB',
  network: 'BNB',
  status: 1,
  txId: '98A3EA560C6B3336D348B6C83F0F95ECE4F1F5919E94BD006E5BF3BF264FACFC',
  insertTime: 1_661_493_146_000,
  completeTime: 1_661_493_146_500,
  walletType: 0,
  ...changes,
});

const withdrawal = (changes: object = {}) => ({
  id: 'b6ae22b3aa844210a7041aee7589627c',
  amount: '8.91000000',
  transactionFee: '0.004',
  coin: 'USDT',
  status: 6,
  applyTime: '2019-10-12 11:12:02',
  completeTime: '2019-10-12 11:20:00',
  walletType: 0,
  ...changes,
});

describe('a deposit', () => {
  it('comes in when it is credited', () => {
    expect(plain(depositTransfers(deposit()))).toEqual([
      { id: 'deposit:769800519366885376', asset: 'BNB', amount: '0.001', at: 1_661_493_146_500 },
    ]);
    expect(depositTransfers(deposit({ completeTime: null }))).toMatchObject([{ at: 1_661_493_146_000 }]);
  });

  it.each([
    [0, 0],
    [6, 1],
    [7, 0],
    [8, 0],
    [2, 0],
  ])('of status %i makes %i transfers', (status, count) => {
    expect(depositTransfers(deposit({ status }))).toHaveLength(count);
  });

  it("of another wallet is none of the trading account's", () => {
    expect(depositTransfers(deposit({ walletType: 1 }))).toEqual([]);
  });

  it('without an amount is no deposit', () => {
    expect(() => depositTransfers(deposit({ amount: undefined }))).toThrow();
  });
});

describe('a withdrawal', () => {
  it.each([[0], [2], [4], [6]])('of status %i is gone since it was asked for, fee included', (status) => {
    expect(plain(withdrawalTransfers(withdrawal({ status })))).toEqual([
      {
        id: 'withdrawal:b6ae22b3aa844210a7041aee7589627c',
        asset: 'USDT',
        amount: '-8.914',
        at: Date.UTC(2019, 9, 12, 11, 12, 2),
      },
    ]);
  });

  it.each([[1], [3], [5]])('of status %i has gone and come back, under two ids', (status) => {
    const [out, back] = withdrawalTransfers(withdrawal({ status }));
    expect(out?.amount.plus(back?.amount ?? '0').toFixed()).toBe('0');
    expect(back).toMatchObject({ id: `${out?.id}:returned`, at: Date.UTC(2019, 9, 12, 11, 20) });
  });

  it('at a time that is none is no withdrawal', () => {
    expect(() => withdrawalTransfers(withdrawal({ applyTime: 'yesterday' }))).toThrow(/must be a time/);
  });
});
