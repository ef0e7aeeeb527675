import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type PaperExchange, startPaperExchange } from '../../../apps/paper-exchange/start-paper-exchange.ts';
import {
  candleFileOf,
  ccxtClient,
  controlOf,
  MINUTE,
  openSocket,
  optionsFor,
  request,
  START,
  signedSocketParameters,
  temporaryFolder,
  wanderingBars,
} from './paper-client.ts';

const open: PaperExchange[] = [];
afterEach(async () => {
  for (const exchange of open.splice(0)) await exchange.close();
});

async function start(changes: object = {}) {
  const exchange = await startPaperExchange(optionsFor(candleFileOf(wanderingBars(40)), changes));
  open.push(exchange);
  const control = controlOf(exchange.url);
  const transfer = (asset: string, amount: string) => control('POST', 'transfer', { asset, amount });
  return { exchange, url: exchange.url, control, transfer };
}

describe('money that comes or goes other than by trading', () => {
  it('is listed by its direction, newest first, with the time it came at', async () => {
    const { url, transfer } = await start();
    const deposited = await transfer('USDT', '250.5');
    expect(deposited.body).toEqual({ id: 'transfer-1', asset: 'USDT', amount: '250.5', at: START + 10 * MINUTE });
    await transfer('BTC', '0.25');
    await transfer('USDT', '-100');
    const deposits = (await request(url, 'GET', '/sapi/v1/capital/deposit/hisrec')).body;
    expect(deposits).toMatchObject([
      { id: 'transfer-2', coin: 'BTC', amount: '0.25', status: 1, insertTime: START + 10 * MINUTE },
      { id: 'transfer-1', coin: 'USDT', amount: '250.5' },
    ]);
    const withdrawals = (await request(url, 'GET', '/sapi/v1/capital/withdraw/history')).body;
    expect(withdrawals).toMatchObject([
      {
        id: 'transfer-3',
        coin: 'USDT',
        amount: '100',
        transactionFee: '0',
        status: 6,
        applyTime: '2024-01-01 00:10:00',
      },
    ]);
    const asked = async (parameters: Readonly<Record<string, string | number>>) =>
      (await request(url, 'GET', '/sapi/v1/capital/deposit/hisrec', parameters)).body.map(
        ({ id }: { id: string }) => id,
      );
    expect(await asked({ coin: 'USDT' })).toEqual(['transfer-1']);
    expect(await asked({ startTime: START + 10 * MINUTE + 1 })).toEqual([]);
    expect(await asked({ limit: 1, offset: 1 })).toEqual(['transfer-1']);
    expect((await request(url, 'GET', '/sapi/v1/capital/deposit/hisrec', {}, false)).status).toBe(401);
  });

  it('changes what the account holds and is told on its stream', async () => {
    const { url, transfer } = await start();
    const { send, until, frames, socket } = await openSocket(url, '/ws-api/v3');
    send({ id: 1, method: 'userDataStream.subscribe.signature', params: signedSocketParameters({}) });
    await until(({ id }) => id === 1);
    await transfer('USDT', '-4000');
    await until(({ event }) => (event as { e?: string } | undefined)?.e === 'outboundAccountPosition');
    expect(frames.slice(1).map(({ event }) => event)).toMatchObject([
      { e: 'balanceUpdate', a: 'USDT', d: '-4000.00000000', T: START + 10 * MINUTE },
      { e: 'outboundAccountPosition', B: [{ a: 'USDT', f: '6000.00000000', l: '0.00000000' }] },
    ]);
    socket.terminate();
  });

  it('is refused where it is nothing, more than is free, or no amount', async () => {
    const { transfer, control } = await start();
    expect(await transfer('USDT', '-10000.01')).toEqual({
      status: 409,
      body: { error: 'USDT balance must not go below 0, would be -0.01 free and 0 locked' },
    });
    expect((await transfer('USDT', '0')).body.error).toBe('amount must be above or below 0, was 0');
    expect(await transfer('USDT', 'much')).toEqual({
      status: 400,
      body: { error: 'amount must be an amount like "100" or "-0.5", was "much"' },
    });
    expect((await control('POST', 'transfer', { asset: 'USDT' })).body.error).toBe(
      'amount must be a string, was missing',
    );
    expect((await control('GET', 'books')).body.transfers).toEqual([]);
  });

  it('outlives the process, and its ids count on', async () => {
    const state = join(temporaryFolder(), 'state.db');
    const first = await start({ state });
    await first.transfer('ETH', '3');
    await first.exchange.close();
    const second = await start({ state });
    expect((await second.transfer('ETH', '-1')).body.id).toBe('transfer-2');
    const books = (await second.control('GET', 'books')).body;
    expect(books.balances.ETH).toEqual({ free: '2', locked: '0' });
    expect(books.initialBalances).toEqual({ BTC: '0', USDT: '10000' });
    open.splice(0, 1);
  });

  it('is read by ccxt as it is', async () => {
    const { url, transfer } = await start();
    await transfer('USDT', '5');
    await transfer('USDT', '-2');
    const client = await ccxtClient(url);
    expect(await client.fetchDeposits('USDT', START)).toMatchObject([{ currency: 'USDT', amount: 5, status: 'ok' }]);
    expect(await client.fetchWithdrawals('USDT', START)).toMatchObject([{ currency: 'USDT', amount: 2, status: 'ok' }]);
    await client.close();
  });
});
