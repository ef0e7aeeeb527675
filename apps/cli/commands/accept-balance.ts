import type { Command } from 'commander';
import { requestBalanceAcceptance } from '../../../src/core/trading/request-balance-acceptance.ts';
import { readTradingState } from '../../../src/core/trading/trading-state.ts';
import { chooseSlot } from '../choose-slot.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { EXIT } from '../exit-codes.ts';
import { newCommand } from '../new-command.ts';
import { openLedger } from '../open-ledger.ts';
import { type UserOptions, userOption } from '../user-option.ts';

interface AcceptOptions extends UserOptions {
  readonly yes?: boolean;
  readonly reason: string;
}

export function defineAcceptBalance(program: Command, deliver: Deliver): void {
  defineCommand<AcceptOptions>(program, deliver, {
    name: 'accept-balance',
    about: "Accepts what the exchange's balances are where the slot's books say something else.",
    more:
      'For a difference that no trade and no transfer explains, after you have found out what it was. At its next recovery the trader takes the balances for right and puts the\n' +
      'difference into the baseline: it is neither profit nor loss. "resume" makes a halted trader recover. It is used once, and not kept for another difference.\n' +
      'Says why the slot is halted, and does it only with --yes.',
    examples: [
      'accept-balance --reason "sold by hand"',
      'accept-balance --slot main:trend:BTC/USDT:1m --yes --reason "airdrop of 12 USDT"',
    ],
    options: (command) =>
      userOption(
        command
          .requiredOption('--reason <text>', 'what the difference is, for the audit trail')
          .option('--yes', 'do it'),
      ),
    run: async (session, { user, yes = false, reason }) => {
      const ledger = openLedger(session);
      const slot = await chooseSlot(ledger, session.slot);
      const { state, reason: why } = await readTradingState(ledger, slot);
      const resume = `${session.launcher} resume${session.slot === undefined ? '' : ` --slot ${slot}`}`;
      if (!yes) {
        return {
          value: { slot, state, why, outcome: 'not_done' },
          text: `${slot} is ${state}: ${why}. Nothing was done; --yes accepts the balances as the exchange has them.`,
          exit: EXIT.refused,
        };
      }
      const command = await newCommand(ledger, user, slot);
      const lines = await requestBalanceAcceptance({ ...command, slot, reason }, { ledger });
      const next = state === 'HALTED' ? `${resume} makes it recover.` : 'It recovers when it starts again.';
      return {
        value: { slot, state, lines, outcome: 'accepted' },
        text: `The trader of ${slot} takes the exchange's balances for right at its next recovery. ${next}`,
      };
    },
  });
}
