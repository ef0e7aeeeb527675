import type { EventData } from '../events/catalogue.ts';
import type { News } from './news.ts';
import { runbookSections as see } from './runbook-sections.ts';

type Meaning = Pick<News, 'money' | 'todo' | 'runbook'> & { readonly severity?: News['severity'] };

const MACHINE: Meaning = {
  money: 'Trading goes on; decisions may come late, so orders may meet a price that has moved.',
  todo: 'See what else runs there, or give it more processor or memory.',
  runbook: see.machine,
  severity: 'warning',
};

const LOSS: Meaning = {
  money: 'A limit of losses is reached: the position may shrink and not grow, until the limit is met again.',
  todo: 'Look at the last trades and at the model; roll back or halt if the model is the cause.',
  runbook: see.lossLimit,
  severity: 'critical',
};

/** By what the monitor checks, without the slot. */
const CHECKS = new Map<string, Meaning>(
  Object.entries({
    cpu: MACHINE,
    memory: MACHINE,
    'event-loop': MACHINE,
    disk: {
      money: 'What cannot be written down is not traded: when the disk is full, trading ends; an open position stays.',
      todo: 'Free space.',
      runbook: see.disk,
    },
    exchange: {
      money:
        'Orders may be late or impossible, and an open position cannot be left while the exchange does not answer.',
      todo: 'See whether the exchange reports a disturbance; halt if it lasts.',
      runbook: see.exchange,
    },
    trader: {
      money: 'Nothing is traded while the trader is silent, and an open position is watched by nobody.',
      todo: 'See why it ended; it is started again by itself, and each start is a recovery.',
      runbook: see.traderRestarts,
    },
    'error-rate': {
      money:
        'Decisions end in errors instead of orders: chances are missed, and an open position may not be left in time.',
      todo: "Read the trader's last errors.",
      runbook: see.errors,
    },
    model: {
      money: 'The model in production is worse than it must be, and goes on trading.',
      todo: 'Roll back to an earlier model, or halt.',
      runbook: see.badModel,
    },
    drawdown: LOSS,
    'day-loss': LOSS,
    metrics: {
      money: 'Trading goes on; the figures that alarms look at are missing, so the next trouble may go unnoticed.',
      todo: 'See why they are not taken.',
      runbook: see.metrics,
    },
  }),
);

const PROMOTION: Meaning = {
  money: 'The model in production goes on trading; a better one cannot take its place, so money is only missed.',
  todo: 'Restore its bytes and promote it by hand, or register the model again.',
  runbook: see.modelUnusable,
  severity: 'warning',
};

const TRADER: Meaning = {
  money: 'The trader goes on with what it had before; what it was told to take over is not in force.',
  todo: 'Roll back to a model that can be loaded.',
  runbook: see.modelUnusable,
};

/** By the part that reports a failure of its own. */
const PARTS: ReadonlyMap<string, Meaning> = new Map([
  ['promotion', PROMOTION],
  ['trader', TRADER],
]);

const RESTRICTED: Meaning = {
  money: 'The trader lives and does not trade freely, as somebody or it itself decided; a position may be open.',
  todo: 'See who restricted it and why; resume when that is over.',
  runbook: see.notTrading,
};

const DEAD_LETTER: Meaning = {
  money: 'The trader goes on; what the function should have done for this event is missing.',
  todo: 'Remove the cause, then replay the event.',
  runbook: see.deadEvents,
};

const OTHER: Meaning = {
  money: 'A fallback holds, and trading goes on with it.',
  todo: 'Follow the message.',
  runbook: see.otherError,
};

function meaningOf({ component, code }: EventData<'SystemError'>): Meaning {
  const [kind = component] = component.split(':');
  if (code === 'DEAD_LETTER') return DEAD_LETTER;
  if (!code.startsWith('CHECK_')) return PARTS.get(kind) ?? OTHER;
  return kind === 'trader' && code === 'CHECK_DEGRADED' ? RESTRICTED : (CHECKS.get(kind) ?? OTHER);
}

/** What a failure means, by component and code. */
export function newsOfSystemError(data: EventData<'SystemError'>): News {
  const { component, code, message } = data;
  const severity = code === 'CHECK_DEGRADED' ? 'warning' : 'critical';
  return { severity, ...meaningOf(data), headline: `${component}: ${code}`, what: message };
}

/** What the end of a failure means. */
export function newsOfSystemRecovered(data: EventData<'SystemRecovered'>): News {
  const { component, code, message } = data;
  return {
    severity: 'information',
    headline: `${component}: ${code} is over`,
    what: message,
    money: 'Nothing more is at risk from it than before it began.',
    todo: 'Nothing.',
    runbook: meaningOf(data).runbook,
  };
}
