import { type Command, Option } from 'commander';
import { halt, reduce, resume, type TradingStateOutcome } from '../../../src/core/trading/trading-state.ts';
import { chooseSlot } from '../choose-slot.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { newCommand } from '../new-command.ts';
import { openLedger } from '../open-ledger.ts';
import { momentText } from '../render/words.ts';
import type { Report } from '../report.ts';
import type { Session } from '../session.ts';
import { type UserOptions, userOption } from '../user-option.ts';

type ReasonOptions = UserOptions & { readonly reason: string };
type ResumeOptions = UserOptions & { readonly reason?: string; readonly to: 'active' | 'reducing' };

export function defineTrading(program: Command, deliver: Deliver): void {
  const reasoned = (command: Command) =>
    userOption(command.requiredOption('--reason <text>', 'why, for the audit trail and whoever wonders'));
  defineCommand<ReasonOptions>(program, deliver, {
    name: 'halt',
    about: 'Stops trading: from now on the slot only cancels orders, until it is resumed. Outlives restarts.',
    examples: ['halt --reason "exchange maintenance"'],
    options: reasoned,
    run: (session, options) => change(session, options, options.reason, halt),
  });
  defineCommand<ReasonOptions>(program, deliver, {
    name: 'reduce',
    about: 'Lets the slot only shrink its position, until it is resumed. A halted slot stays halted.',
    examples: ['reduce --reason "leave the market before the weekend"'],
    options: reasoned,
    run: (session, options) => change(session, options, options.reason, reduce),
  });
  defineCommand<ResumeOptions>(program, deliver, {
    name: 'resume',
    about: 'Ends a halt or a reduction.',
    examples: ['resume', 'resume --to reducing --reason "let the position go"'],
    options: (command) =>
      userOption(
        command
          .addOption(
            new Option('--to <state>', 'what it may do then').choices(['active', 'reducing']).default('active'),
          )
          .option('--reason <text>', 'why, for the audit trail'),
      ),
    run: (session, options) => {
      const to = options.to === 'reducing' ? 'REDUCING' : 'ACTIVE';
      return change(session, options, options.reason ?? 'resumed', (request, ports) =>
        resume({ ...request, to }, ports),
      );
    },
  });
}

async function change(session: Session, { user }: UserOptions, reason: string, use: typeof halt): Promise<Report> {
  const ledger = openLedger(session);
  const slot = await chooseSlot(ledger, session.slot);
  const outcome: TradingStateOutcome = await use(
    { ...(await newCommand(ledger, user, slot)), slot, reason },
    { ledger },
  );
  const { state } = outcome;
  const text =
    outcome.outcome === 'changed'
      ? `${slot} is ${state.state} now, was ${outcome.from}.`
      : `Nothing to change: ${slot} is ${state.state}${state.version === 0 ? '' : ` since ${momentText(state.since)} by ${state.by}: ${state.reason}`}.`;
  return { value: { slot, ...outcome }, text };
}
