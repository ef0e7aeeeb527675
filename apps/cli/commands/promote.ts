import type { Command } from 'commander';
import { modelStore } from '#port/model-store';
import { type PromoteOutcome, promote } from '../../../src/core/promotion/promote.ts';
import { chooseSlot } from '../choose-slot.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { EXIT } from '../exit-codes.ts';
import { newCommand } from '../new-command.ts';
import { openLedger } from '../open-ledger.ts';
import { runIdText } from '../option-parsers.ts';
import type { Report } from '../report.ts';
import { type UserOptions, userOption } from '../user-option.ts';

export function definePromote(program: Command, deliver: Deliver): void {
  defineCommand<UserOptions & { readonly reason?: string }>(program, deliver, {
    name: 'promote',
    about: 'Puts a model into production, whatever the gate says; the trader swaps to it between two ticks.',
    examples: ['promote run-17', 'promote run-17 --reason "best on last month" --json'],
    options: (command) =>
      userOption(
        command.argument('<run>', 'run of the model', runIdText).option('--reason <text>', 'why, for the audit trail'),
      ),
    run: async (session, { user, reason }, [runId = '']) => {
      const ledger = openLedger(session);
      const slot = await chooseSlot(ledger, session.slot);
      const command = await newCommand(ledger, user, slot);
      const ports = { ledger, modelStore: modelStore() };
      return reportOf(await promote({ ...command, slot, runId, ...(reason === undefined ? {} : { reason }) }, ports));
    },
  });
}

function reportOf(outcome: PromoteOutcome): Report {
  const value = outcome;
  const { runId } = outcome;
  switch (outcome.outcome) {
    case 'promoted': {
      const after = outcome.previousRunId === null ? 'the first one' : `after ${outcome.previousRunId}`;
      const gate = outcome.overruled ? ' The gate would not have promoted it; the audit trail says so.' : '';
      return { value, text: `${runId} is in production, ${after}.${gate}` };
    }
    case 'already_production':
      return { value, text: `${runId} is in production already.` };
    case 'superseded':
      return {
        value,
        text: `${runId} was promoted, and ${outcome.championRunId} is in production since.`,
        exit: EXIT.refused,
      };
    case 'refused':
      return { value, text: `Refused: ${outcome.reason}`, exit: EXIT.refused };
    case 'unloadable':
      return { value, text: `Refused: the bytes of ${runId} cannot be loaded: ${outcome.reason}`, exit: EXIT.refused };
  }
}
