import type { Command } from 'commander';
import { modelStore } from '#port/model-store';
import {
  type NoRollback,
  previewRollback,
  type RollbackOutcome,
  type RollbackPreview,
  rollback,
} from '../../../src/core/promotion/rollback.ts';
import { chooseSlot } from '../choose-slot.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { EXIT } from '../exit-codes.ts';
import { newCommand } from '../new-command.ts';
import { openLedger } from '../open-ledger.ts';
import { runIdText } from '../option-parsers.ts';
import type { Report } from '../report.ts';
import type { Session } from '../session.ts';
import { type UserOptions, userOption } from '../user-option.ts';

interface RollbackOptions extends UserOptions {
  readonly yes?: boolean;
  readonly reason?: string;
}

export function defineRollback(program: Command, deliver: Deliver): void {
  defineCommand<RollbackOptions>(program, deliver, {
    name: 'rollback',
    about: 'Takes the slot back to an earlier production model.',
    more: 'Without a run it goes back to the model that was in production before, and says which one that is; it does it only with --yes.',
    examples: ['rollback', 'rollback --yes --reason "loses money since noon"', 'rollback run-12 --json'],
    options: (command) =>
      userOption(
        command
          .argument('[run]', 'run to go back to; it must have been in production', runIdText)
          .option('--yes', 'do it, where no run is named')
          .option('--reason <text>', 'why, for the audit trail'),
      ),
    run: async (session, { user, yes = false, reason }, [to]) => {
      const ledger = openLedger(session);
      const ports = { ledger, modelStore: modelStore() };
      const slot = await chooseSlot(ledger, session.slot);
      const wish = { slot, ...(to === undefined ? {} : { to }) };
      const preview = await previewRollback(wish, ports);
      if (preview.outcome !== 'possible') return reportNone(preview);
      if (to === undefined && !yes) return reportPreview(preview, session);
      const command = await newCommand(ledger, user, slot);
      const { from } = preview;
      return reportOf(
        await rollback({ ...command, ...wish, from, ...(reason === undefined ? {} : { reason }) }, ports),
      );
    },
  });
}

function reportPreview(
  preview: Extract<RollbackPreview, { outcome: 'possible' }>,
  { slot, launcher }: Session,
): Report {
  const run = `${launcher} rollback --yes${slot === undefined ? '' : ` --slot ${slot}`}`;
  return {
    value: { ...preview, command: run },
    text: `This would take ${preview.to} back into production in place of ${preview.from}. Nothing was done. To do it: ${run}`,
    exit: EXIT.refused,
  };
}

function reportNone(none: NoRollback): Report {
  switch (none.outcome) {
    case 'none_left':
      return {
        value: none,
        text:
          none.runId === null
            ? 'No model was ever in production.'
            : `No model is left to go back to; ${none.runId} stays in production.`,
        exit: EXIT.nothing,
      };
    case 'already_production':
      return { value: none, text: `${none.runId} is in production already.` };
    case 'unloadable':
      return {
        value: none,
        text: `Refused: the bytes of ${none.runId} cannot be loaded: ${none.reason}`,
        exit: EXIT.refused,
      };
  }
}

function reportOf(outcome: RollbackOutcome): Report {
  const value = outcome;
  switch (outcome.outcome) {
    case 'rolled_back':
      return { value, text: `${outcome.runId} is in production again; ${outcome.previousRunId} was rolled back from.` };
    case 'champion_changed':
      return {
        value,
        text: `Refused: ${outcome.championRunId} came into production in place of ${outcome.expected} meanwhile. Look again, and repeat it if you still want it.`,
        exit: EXIT.refused,
      };
    case 'superseded':
      return {
        value,
        text: `It was rolled back, and ${outcome.championRunId} is in production since.`,
        exit: EXIT.refused,
      };
    default:
      return reportNone(outcome);
  }
}
