import type { ComponentChildren } from 'preact';
import type { Overview } from '../../../src/core/dashboard/overview.ts';
import { amount, count, gain, gainPercent, money, percent } from './format.ts';

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly unit?: string;
  readonly tone?: 'up' | 'down' | '';
  readonly children?: ComponentChildren;
}

function Figure({ name, value, unit, tone = '', children }: FigureProps) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>
        <span class={`value ${tone}`}>
          {value} {unit && <span class="unit">{unit}</span>}
        </span>
        <span class="detail">{children}</span>
      </dd>
    </div>
  );
}

const tone = (value: number | string): 'up' | 'down' | '' =>
  Number(value) > 0 ? 'up' : Number(value) < 0 ? 'down' : '';

/** A share of the equity too small to be a position. */
const DUST = 0.001;

/** What it all came to. */
export function Figures({ overview }: { readonly overview: Overview }) {
  const { account, slot } = overview;
  const { quote, base } = slot;
  const names = ['Equity', 'Realised profit', 'Fees paid', 'Trades', 'Position'];
  if (!account) {
    return (
      <dl class="figures">
        {names.map((name) => (
          <Figure key={name} name={name} value="–">
            the trader has not started yet
          </Figure>
        ))}
      </dl>
    );
  }
  const { position, exits, wins } = account;
  // What rounding to the exchange's lot size leaves over cannot be sold and counts as flat.
  const flat = Number(position.value) < Number(account.equity) * DUST;
  const paid = Object.entries(account.feesByAsset).map(
    ([asset, fee]) => `${asset === quote ? money(fee) : amount(fee)} ${asset}`,
  );
  return (
    <dl class="figures">
      <Figure name="Equity" value={money(account.equity)} unit={quote}>
        <span class={tone(account.totalReturn)}>{gainPercent(account.totalReturn)}</span> of {money(account.budget)}
      </Figure>
      <Figure name="Realised profit" value={gain(account.realisedPnl)} unit={quote} tone={tone(account.realisedPnl)}>
        after fees · drawdown {percent(account.drawdown)}
      </Figure>
      <Figure name="Fees paid" value={money(account.fees)} unit={quote}>
        {paid.join(' + ') || 'none yet'}
      </Figure>
      <Figure name="Trades" value={count(account.trades)}>
        {exits > 0 ? `${wins} of ${exits} exits earned (${percent(wins / exits, 0)})` : 'no exit yet'}
      </Figure>
      {flat ? (
        <Figure name="Position" value="Flat">
          {Number(position.quantity) === 0 ? 'nothing held' : `dust of ${amount(position.quantity)} ${base} is left`}
        </Figure>
      ) : (
        <Figure name="Position" value={amount(position.quantity)} unit={base}>
          worth {money(position.value)} · <span class={tone(account.unrealisedPnl)}>{gain(account.unrealisedPnl)}</span>{' '}
          open
        </Figure>
      )}
    </dl>
  );
}
