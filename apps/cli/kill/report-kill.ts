import type { KillPlan, KillWish } from '../../../src/core/risk/kill-line.ts';
import type { KillSale } from '../../../src/core/risk/kill-sale.ts';
import type { KilledLine, KillReport } from '../../../src/core/risk/kill-slot.ts';
import { EXIT } from '../exit-codes.ts';
import type { Report } from '../report.ts';

/** What would be done. */
export function reportPlan(plans: readonly KillPlan[], wish: KillWish): Report {
  const lines = plans.flatMap(({ line, open, kept, foreign, position, sell }) => [
    `${line}:`,
    ...open.map((order) => `  cancel ${order.clientOrderId}, ${order.side} ${order.quantity.toFixed()}`),
    ...(open.length === 0 ? ['  nothing of it is open'] : []),
    ...kept.map((order) => `  leave ${order.clientOrderId}, ${order.side} ${order.quantity.toFixed()}`),
    ...(foreign > 0 ? [`  leave ${foreign} orders of others`] : []),
    position.known
      ? `  held, by its trades: ${position.held.toFixed()}`
      : `  what it holds cannot be told: ${position.reason}${wish.flatten ? '. Say how much to sell with --quantity' : ''}`,
    ...(wish.flatten ? [`  sell ${sell.toFixed()} at the market`] : []),
  ]);
  const value = plans.map(({ line, open, kept, foreign, position, sell }) => ({
    line,
    cancel: open.map(({ clientOrderId }) => clientOrderId),
    keep: kept.map(({ clientOrderId }) => clientOrderId),
    foreign,
    held: position.known ? position.held.toFixed() : null,
    reason: position.known ? null : position.reason,
    sell: wish.flatten ? sell.toFixed() : null,
  }));
  const text = ['Nothing was done. With --yes it would, and record HALTED:', ...lines].join('\n');
  return { value: { outcome: 'planned', lines: value }, text, exit: EXIT.refused };
}

/** What was done, and what remains. */
export function reportKill(report: KillReport): Report {
  const { slot, complete, halt: halted, lines } = report;
  const text = [
    complete
      ? `${slot} has no open order left.`
      : `NOT COMPLETE: ${slot} is not off the exchange. Run it again, or act at the exchange itself.`,
    ...lines.flatMap(lineText),
    halted.recorded
      ? `The ledger says ${halted.state}.`
      : `HALTED COULD NOT BE RECORDED: ${halted.reason}. A trader that runs or wakes may order again: end its process, then run "ares halt" when the ledger is back.`,
  ].join('\n');
  const value = { outcome: complete ? 'killed' : 'incomplete', ...report, lines: lines.map(lineValue) };
  return { value, text, exit: complete ? EXIT.done : EXIT.failed };
}

function lineText({ line, cancels, sale, held }: KilledLine): readonly string[] {
  const { cancelled, reason, stillOpen } = cancels;
  return [
    `${line}:`,
    `  cancelled: ${cancelled.join(', ') || (reason === null ? 'nothing was open' : 'nothing')}`,
    ...(stillOpen.length > 0 ? [`  STILL OPEN: ${stillOpen.join(', ')}`] : []),
    ...(reason === null ? [] : [`  ${reason}`]),
    ...(sale ? [`  ${saleText(sale)}`] : []),
    held === null ? '  what it holds cannot be told from its trades' : `  held now, by its trades: ${held}`,
  ];
}

function saleText(sale: KillSale): string {
  switch (sale.outcome) {
    case 'sold':
      return `sold ${sale.filled.toFixed()} with ${sale.clientOrderId}`;
    case 'sold_in_part':
      return `SOLD ONLY ${sale.filled.toFixed()} of ${sale.quantity.toFixed()} with ${sale.clientOrderId}`;
    case 'nothing':
      return `nothing to sell: ${sale.reason}`;
    case 'not_known':
      return `NOT SOLD: ${sale.reason}. Say how much with --quantity`;
    case 'failed':
      return `NOT SOLD: ${sale.reason}`;
    case 'unknown':
      return `NOT KNOWN whether it was sold: look for ${sale.clientOrderId} at the exchange before anything else (${sale.reason})`;
  }
}

const lineValue = ({ sale, ...rest }: KilledLine) => ({
  ...rest,
  sale: sale && {
    ...sale,
    ...('filled' in sale ? { quantity: sale.quantity.toFixed(), filled: sale.filled.toFixed() } : {}),
  },
});
