import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { exchange } from '#port/exchange';
import { timers } from '#port/timers';
import { wallClock } from '#port/wall-clock';
import { readEnv } from '../../../src/compose/env.ts';
import { AresError } from '../../../src/core/ares-error.ts';
import { linesOf, parseSlotId, type SlotId } from '../../../src/core/models/slot.ts';
import { type KillPlan, type KillWish, planKill } from '../../../src/core/risk/kill-line.ts';
import type { KillPorts } from '../../../src/core/risk/kill-sale.ts';
import { killSlot } from '../../../src/core/risk/kill-slot.ts';
import { type Decimal, decimal } from '../../../src/core/trading/money.ts';
import { halt } from '../../../src/core/trading/trading-state.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { reportKill, reportPlan } from '../kill/report-kill.ts';
import { newCommand } from '../new-command.ts';
import { openLedger } from '../open-ledger.ts';
import type { Session } from '../session.ts';
import { type UserOptions, userOption } from '../user-option.ts';

interface KillOptions extends UserOptions {
  readonly exchangeUrl?: string;
  readonly keys?: string;
  readonly flatten?: boolean;
  readonly quantity?: Decimal;
  readonly keepStops?: boolean;
  readonly reason: string;
  readonly yes?: boolean;
}

/** A ledger that is there answers at once; one that hangs must not keep the sale waiting. */
const LEDGER_MS = 10_000;

export function defineKill(program: Command, deliver: Deliver): void {
  defineCommand<KillOptions>(program, deliver, {
    name: 'kill',
    about:
      'The kill switch, straight at the exchange: cancels every open order of the slot, and with --flatten sells what it holds. Needs the keys, and neither trader nor database.',
    more:
      'Says what it would do; it does it only with --yes, and ends with 4 without. Afterwards it reads the open orders again until none is left, and ends with 0 only then.\n' +
      'It also records HALTED in the ledger if that can be written; if not, it says so: a trader that still runs would go on, so end its process first.\n' +
      'Without --flatten a position stays, and without --keep-stops nothing protects it any more.',
    examples: [
      'kill --slot main:trend:BTC/USDT:1m --keys keys.json',
      'kill --slot main:trend:BTC/USDT:1m --keys keys.json --flatten --yes',
      '--stage live kill --slot main:trend:BTC/USDT:1m --keep-stops --yes',
    ],
    options: (command) =>
      userOption(
        command
          .option(
            '--keys <file>',
            'JSON with apiKey and secret (default: ARES_KEYS_FILE, or that of the paper exchange)',
          )
          .option('--exchange-url <url>', "another server that speaks the exchange's API (default: ARES_EXCHANGE_URL)")
          .option('--flatten', 'also sell what the slot holds, at the market')
          .option(
            '--quantity <amount>',
            'sell so much in place of what its trades say; of a slot with one symbol',
            amount,
          )
          .option('--keep-stops', 'leave resting stop-loss and take-profit orders where they are')
          .option('--reason <text>', 'why, for the audit trail', 'kill switch')
          .option('--yes', 'do it, not only say what would be done'),
      ),
    run: async (session, options) => {
      const slot = checkWish(session, options);
      setAccess(session, slot, options);
      const { flatten = false, keepStops = false, quantity } = options;
      const wish: KillWish = { flatten, keepStops, quantity };
      const ports: KillPorts = { exchange: exchange(), timers, wallClock };
      try {
        if (options.yes !== true) return reportPlan(await planAll(slot, wish, ports), wish);
        session.note(`Cancelling the open orders of ${slot} …`);
        const patienceMs = readEnv().ARES_RECV_WINDOW_MS;
        return reportKill(await killSlot({ slot, wish, patienceMs }, ports, () => recordHalt(session, slot, options)));
      } finally {
        await ports.exchange.close().catch(() => undefined);
      }
    },
  });
}

function amount(text: string): Decimal {
  if (/^\d{1,18}(\.\d{1,18})?$/.test(text) && decimal(text).gt(0)) return decimal(text);
  throw new InvalidArgumentError(`must be a decimal number above 0, was "${text}"`);
}

/** @throws AresError `USAGE` */
function checkWish({ slot }: Session, { flatten, quantity, keepStops }: KillOptions): SlotId {
  if (slot === undefined) {
    throw new AresError('USAGE', '--slot must name the slot to kill: no database is asked which there are');
  }
  if (flatten && keepStops)
    throw new AresError('USAGE', '--keep-stops must not be given with --flatten: stops hold what is to be sold');
  if (quantity !== undefined && flatten !== true)
    throw new AresError('USAGE', '--quantity must be given with --flatten');
  if (quantity !== undefined && parseSlotId(slot).symbols.length > 1) {
    throw new AresError(
      'USAGE',
      `--quantity must be for a slot of one symbol, was ${slot}: name one market as a slot of its own`,
    );
  }
  return slot;
}

/** Where the keys are used, before any port is built. @throws AresError `USAGE` */
function setAccess({ dataDir, stage }: Session, slot: SlotId, { exchangeUrl, keys }: KillOptions): void {
  const { env } = process;
  if (stage !== undefined && (keys !== undefined || exchangeUrl !== undefined)) {
    throw new AresError('USAGE', '--keys and --exchange-url must not be given with --stage: a stage has its own');
  }
  if (keys !== undefined) env.ARES_KEYS_FILE = resolve(keys);
  if (exchangeUrl !== undefined) env.ARES_EXCHANGE_URL = exchangeUrl;
  if (stage !== undefined || parseSlotId(slot).account !== 'paper') return;
  // The built-in exchange has another port at each start, and its keys are none of a real one.
  if (readEnv().ARES_EXCHANGE_URL === undefined) {
    throw new AresError(
      'USAGE',
      '--exchange-url must say where the paper exchange is; its runner said so when it began',
    );
  }
  const own = join(dataDir, 'paper-keys.json');
  if (env.ARES_KEYS_FILE === undefined && existsSync(own)) env.ARES_KEYS_FILE = own;
}

async function planAll(slot: SlotId, wish: KillWish, ports: KillPorts): Promise<readonly KillPlan[]> {
  const plans: KillPlan[] = [];
  for (const line of linesOf(slot)) {
    const rules = await ports.exchange.rules(parseSlotId(line).symbols[0] as string);
    plans.push(await planKill(line, rules, wish, ports));
  }
  return plans;
}

async function recordHalt(session: Session, slot: SlotId, { user, reason }: KillOptions): Promise<string> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new AresError('LEDGER_SILENT', `the ledger must answer within ${LEDGER_MS} ms, did not`)),
    LEDGER_MS,
  );
  const record = async (): Promise<string> => {
    const ledger = openLedger(session);
    const { state } = await halt({ ...(await newCommand(ledger, user, slot)), slot, reason }, { ledger });
    return `${state.state} by ${state.by}: ${state.reason}`;
  };
  try {
    return await Promise.race([record(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
