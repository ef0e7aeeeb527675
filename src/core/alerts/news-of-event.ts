import type { AresEvent, EventData, EventName } from '../events/catalogue.ts';
import { SILENCE_WATCH } from '../monitoring/halt-silent-slot.ts';
import type { News } from './news.ts';
import { newsOfSystemError, newsOfSystemRecovered } from './news-of-system-error.ts';
import { runbookSections as see } from './runbook-sections.ts';

type Told = 'PerformanceAlert' | 'SystemError' | 'SystemRecovered' | 'TradingHalted' | 'TradingResumed';

const news: { readonly [N in Told]: (data: EventData<N>) => News } = {
  PerformanceAlert({ runId, metric, status, value, threshold, samples }) {
    const figures = `${metric} of model ${runId} must be at least ${threshold}, was ${value ?? 'missing'} (${samples} samples)`;
    return status === 'breached'
      ? {
          severity: 'warning',
          headline: `${metric} of the model is below its threshold`,
          what: `${figures}.`,
          money:
            'The model goes on trading; if it has lost its edge it loses money until somebody acts. An alert stops nothing.',
          todo: 'Look at the model; roll back to an earlier one, or halt.',
          runbook: see.badModel,
        }
      : {
          severity: 'information',
          headline: `${metric} of the model is back`,
          what: `${figures}: it is so again.`,
          money: 'The model earns again what it is expected to, by this figure.',
          todo: 'Nothing.',
          runbook: see.badModel,
        };
  },
  SystemError: newsOfSystemError,
  SystemRecovered: newsOfSystemRecovered,
  TradingHalted({ state, reason, by }) {
    const what = `${by} restricted trading to ${state}: ${reason}`;
    if (state === 'REDUCING') {
      return {
        severity: 'warning',
        headline: 'trading is REDUCING',
        what,
        money:
          'The position may shrink and not grow: chances are missed, and what is held still moves with the market.',
        todo: 'Resume when the reason is gone.',
        runbook: see.notTrading,
      };
    }
    return { severity: 'critical', headline: 'trading is HALTED', what, ...meaningOfHalt(by, reason) };
  },
  TradingResumed: ({ reason, by }) => ({
    severity: 'information',
    headline: 'trading is ACTIVE again',
    what: `${by} resumed trading: ${reason}`,
    money: 'Positions are opened and closed again, with real consequences for the budget.',
    todo: 'Nothing, if it was meant to be so.',
    runbook: see.notTrading,
  }),
};

/** Who halted says what is at risk. */
function meaningOfHalt(by: string, reason: string): Pick<News, 'money' | 'todo' | 'runbook'> {
  if (by === SILENCE_WATCH) {
    return {
      money:
        'Nobody watches the position, and what the trader had open at the exchange is still there: stops that rest may sell, an entry that rests may buy.',
      todo: 'Start the trader again or let it recover, look at what is open, then resume; if it hangs, take the slot off the exchange with "ares kill".',
      runbook: see.traderSilent,
    };
  }
  if (by === 'trader' && reason.startsWith('no market data')) {
    return {
      money:
        'Nothing is bought or sold, since nobody knows the price. Stops that rest at the exchange still sell; a position without one is not protected.',
      todo: 'See whether the exchange or the way to it is disturbed; resume when data come again.',
      runbook: see.dataSilent,
    };
  }
  return {
    money:
      'Nothing is bought or sold. A position that is open stays open and moves with the market; nothing but a stop that rests at the exchange sells it.',
    todo: 'Find out whether the reason still holds, decide about the position, then resume.',
    // A halt by the trader itself says that exchange and books differ.
    runbook: by === 'trader' ? see.booksDiffer : see.notTrading,
  };
}

const isTold = (name: EventName): name is Told => Object.hasOwn(news, name);

/** What an event means to a person; `undefined` when it is none people are told of. */
export function newsOfEvent({ name, data }: AresEvent): News | undefined {
  // The catalogue has parsed the data for this name.
  return isTold(name) ? (news[name] as (data: unknown) => News)(data) : undefined;
}
