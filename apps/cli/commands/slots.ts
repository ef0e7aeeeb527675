import type { Command } from 'commander';
import type { Command as Wish } from '../../../src/core/events/command.ts';
import { listSlots } from '../../../src/core/models/slot-registry.ts';
import { bindSlot, unbindSlot } from '../../../src/core/registry/bind-slot.ts';
import { listBindings, type SlotBindings } from '../../../src/core/registry/list-bindings.ts';
import type { RegistryWish } from '../../../src/core/registry/registry-wish.ts';
import { MlflowError } from '../../../src/core/tracking/mlflow-error.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { defineGroup } from '../define-group.ts';
import { EXIT } from '../exit-codes.ts';
import { newCommand } from '../new-command.ts';
import { openLedger } from '../open-ledger.ts';
import { slotText } from '../option-parsers.ts';
import { table } from '../render/table.ts';
import type { Report } from '../report.ts';
import { type UserOptions, userOption } from '../user-option.ts';

/** Whoever runs the command line holds the data: nothing is closed to them. */
const byHand = (command: Wish): RegistryWish => ({ ...command, can: () => true, mayUse: () => true });

export function defineSlots(program: Command, deliver: Deliver): void {
  const slots = defineGroup(program, {
    name: 'slots',
    about: 'Which registered models of MLflow a slot takes its candidates from.',
    examples: ['slots list', 'slots bind btc-trend paper:trend:BTC/USDT:1m', 'slots unbind btc-trend'],
  });
  defineCommand(slots, deliver, {
    name: 'list',
    about: 'Lists the slots with the model each trades with and the registered models that are bound to it.',
    examples: ['slots list', 'slots list --json'],
    run: async (session) => {
      const value = await listBindings(openLedger(session));
      return { value, text: value.length === 0 ? 'No slot is known.' : listText(value) };
    },
  });
  defineCommand<UserOptions>(slots, deliver, {
    name: 'bind',
    about:
      'Binds a registered model to a slot: its new versions become candidates, and Production means that the slot trades with it.',
    examples: ['slots bind btc-trend paper:trend:BTC/USDT:1m'],
    options: (command) =>
      userOption(
        command
          .argument('<model>', 'name of the registered model')
          .argument('<slot>', 'like paper:trend:BTC/USDT:1m', slotText),
      ),
    run: async (session, { user }, [name = '', slot = '']) => {
      const ledger = openLedger(session);
      const wish = byHand(await newCommand(ledger, user, undefined));
      return refusable(name, async () => {
        const value = await bindSlot({ ...wish, name, slot }, { ledger });
        if (!(await listSlots(ledger)).includes(value.slot))
          session.note(`Nothing was ever traded or registered in ${slot}: its first version makes it known.`);
        const already = value.outcome === 'already_bound' ? ' already' : '';
        return { value: { ...value, name }, text: `${name} is bound to ${value.slot}${already}.` };
      });
    },
  });
  defineCommand<UserOptions>(slots, deliver, {
    name: 'unbind',
    about: 'Ends a binding; what is registered in the slot stays there.',
    examples: ['slots unbind btc-trend'],
    options: (command) => userOption(command.argument('<model>', 'name of the registered model')),
    run: async (session, { user }, [name = '']) => {
      const ledger = openLedger(session);
      const wish = byHand(await newCommand(ledger, user, undefined));
      return refusable(name, async () => {
        const value = await unbindSlot({ ...wish, name }, { ledger });
        const text =
          value.slot === null ? `${name} is bound to no slot.` : `${name} is no longer bound to ${value.slot}.`;
        return { value: { ...value, name }, text };
      });
    },
  });
}

/** A version in production forbids it: that is an answer and no fault. */
async function refusable(name: string, change: () => Promise<Report>): Promise<Report> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof MlflowError) || error.code !== 'BAD_REQUEST') throw error;
    return {
      value: { outcome: 'refused', name, reason: error.message },
      text: `Refused: ${error.message}`,
      exit: EXIT.refused,
    };
  }
}

function listText(bindings: readonly SlotBindings[]): string {
  const rows = bindings.map(({ slot, championRunId, champion, models }) => [
    slot,
    championRunId ?? '-',
    champion ? `${champion.model} version ${champion.version}` : '-',
    models.join(', ') || '-',
  ]);
  return table(['SLOT', 'CHAMPION', 'REGISTERED AS', 'BOUND MODELS'], rows);
}
