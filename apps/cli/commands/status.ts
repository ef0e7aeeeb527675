import type { Command } from 'commander';
import { deadLetters } from '#port/dead-letters';
import { wallClock } from '#port/wall-clock';
import { chooseSlot } from '../choose-slot.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { openLedger } from '../open-ledger.ts';
import { facts } from '../render/table.ts';
import { counted, figureText, momentText, percentText, spanText } from '../render/words.ts';
import { readStatus, type Status } from '../status/read-status.ts';

export function defineStatus(program: Command, deliver: Deliver): void {
  defineCommand(program, deliver, {
    name: 'status',
    about: 'Shows how the slot stands: trading state, model, trader, position, equity, alarms, health.',
    examples: ['status', 'status --json', 'status --slot paper:trend:BTC/USDT:1m --data-dir /var/lib/ares'],
    run: async (session) => {
      const ledger = openLedger(session);
      const slot = await chooseSlot(ledger, session.slot);
      const value = await readStatus(slot, { ledger, deadLetters: deadLetters(), wallClock });
      return { value, text: statusText(value) };
    },
  });
}

function statusText(status: Status): string {
  const { trading, champion, trader, account, market, models, alarms, health, deadEvents } = status;
  const { base, quote } = status.symbols;
  const counts = Object.entries(models)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  const since = trading.since === 0 ? '' : `, since ${momentText(trading.since)} by ${trading.by}`;
  const rows: [string, string][] = [
    ['Slot', status.slot],
    ['Trading', `${trading.state}${since}: ${trading.reason}`],
    [
      'Champion',
      champion
        ? `${champion.runId} (${champion.modelHash.slice(0, 12)})${champion.since === null ? '' : `, since ${momentText(champion.since)}`}`
        : 'none',
    ],
    [
      'Trader',
      trader
        ? `${trader.alive ? 'alive' : 'SILENT'}, last heard of ${spanText(trader.ageMs)} ago, ${trader.state}`
        : 'never reported',
    ],
    ['Market', market ? `${figureText(market.close)} ${quote} at ${momentText(market.time)}` : 'no bar decided on yet'],
  ];
  if (account) {
    const { position, equity, totalReturn, realisedPnl, unrealisedPnl, drawdown, trades, feesByAsset } = account;
    const fees =
      Object.entries(feesByAsset)
        .map(([asset, paid]) => `${paid} ${asset}`)
        .join(', ') || 'none';
    rows.push(
      [
        'Position',
        position.averagePrice === null
          ? 'flat'
          : `${position.quantity} ${base}, bought at ${position.averagePrice}, worth ${position.value} ${quote}`,
      ],
      ['Equity', `${equity} ${quote} (${percentText(totalReturn)} of the budget, drawdown ${percentText(drawdown)})`],
      ['PnL', `${realisedPnl} ${quote} realised, ${unrealisedPnl} ${quote} unrealised, ${counted(trades, 'trade')}`],
      ['Fees', fees],
    );
  } else rows.push(['Account', 'no books opened yet']);
  rows.push(
    ['Models', counts.join(', ') || 'none'],
    ['Dead events', deadEvents === 0 ? 'none' : `${deadEvents}: see "ares events dead"`],
    ['Health', `${health.status}${health.reason === '' ? '' : `: ${health.reason}`}`],
    ['Alarms', alarms.length === 0 ? 'none' : ''],
  );
  return [
    facts(rows),
    ...alarms.map(({ what, reason, since: from }) => `  ${what}, since ${momentText(from)}: ${reason}`),
  ].join('\n');
}
