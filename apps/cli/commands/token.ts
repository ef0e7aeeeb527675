import { type Command, Option } from 'commander';
import { random } from '#port/random';
import { wallClock } from '#port/wall-clock';
import { type AccessToken, tokenState } from '../../../src/core/access/access-token.ts';
import { createToken } from '../../../src/core/access/create-token.ts';
import { readTokens } from '../../../src/core/access/read-tokens.ts';
import { revokeToken } from '../../../src/core/access/revoke-token.ts';
import { ROLES, type Role } from '../../../src/core/access/role.ts';
import type { Command as Wish } from '../../../src/core/events/command.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Ledger } from '../../../src/core/ports/ledger.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { defineGroup } from '../define-group.ts';
import { EXIT } from '../exit-codes.ts';
import { newCommand } from '../new-command.ts';
import { openLedger } from '../open-ledger.ts';
import { slotText, tokenNameText, wholeFrom } from '../option-parsers.ts';
import { table } from '../render/table.ts';
import { momentText } from '../render/words.ts';
import type { Report } from '../report.ts';
import { type UserOptions, userOption } from '../user-option.ts';

const DAY_MS = 86_400_000;

type CreateOptions = UserOptions & {
  readonly role: Role;
  readonly for?: readonly [SlotId, ...SlotId[]];
  readonly days?: number;
};

const slotsText = (text: string): readonly SlotId[] => text.split(',').map((slot) => slotText(slot.trim()));

export function defineToken(program: Command, deliver: Deliver): void {
  const tokens = defineGroup(program, {
    name: 'token',
    about: 'Who may use the API, and for what.',
    examples: ['token create ci --role trainer', 'token list', 'token revoke ci'],
  });
  defineCommand<CreateOptions>(tokens, deliver, {
    name: 'create',
    about: 'Makes a token and prints it, once: only its hash is kept.',
    examples: [
      'token create ci --role trainer --days 90',
      'token create desk --role operator --for paper:trend:BTC/USDT:1m',
    ],
    more: `Roles: viewer sees; trainer also logs, registers and tags; operator sees, and decides what trades; admin does all of it.
MLflow sends it from MLFLOW_TRACKING_TOKEN, or from MLFLOW_TRACKING_PASSWORD with any MLFLOW_TRACKING_USERNAME.`,
    options: (command) =>
      userOption(
        command
          .argument('<name>', 'who uses it, as the audit trail will say', tokenNameText)
          .addOption(new Option('--role <role>', 'what it is for').choices(ROLES).makeOptionMandatory())
          .option('--for <slots>', 'the only slots it may act on, by commas (default: all)', slotsText)
          .option('--days <number>', 'refuse it after so many days (default: never)', wholeFrom(1, 3_650)),
      ),
    run: (session, options, [name = '']) => create(openLedger(session), name, options),
  });
  defineCommand(tokens, deliver, {
    name: 'list',
    about: 'Lists the tokens there are and were; what was printed at their making is not known.',
    examples: ['token list', 'token list --json'],
    run: async (session) => {
      const now = wallClock.now();
      const all = await readTokens(openLedger(session));
      const value = all.map((token) => ({ ...token, state: tokenState(token, now) }));
      const text = 'There is no token yet: make one with "ares token create", or start Ares.';
      return { value, text: value.length === 0 ? text : listText(value) };
    },
  });
  defineCommand<UserOptions & { readonly reason?: string }>(tokens, deliver, {
    name: 'revoke',
    about: 'Makes a token invalid for ever; what serves the API follows within five seconds.',
    examples: ['token revoke ci', 'token revoke desk --reason "left the team"'],
    options: (command) =>
      userOption(command.argument('<name>', 'as "token list" has it', tokenNameText).option('--reason <text>', 'why')),
    run: async (session, { user, reason }, [name = '']) => {
      const ledger = openLedger(session);
      const value = await revokeToken(await wallCommand(ledger, user), { name, reason }, { ledger });
      switch (value.outcome) {
        case 'revoked':
          return { value, text: `Token ${name} is revoked.` };
        case 'already_revoked':
          return { value, text: `Token ${name} is revoked since ${momentText(value.token.revokedAt ?? 0)}.` };
        case 'unknown':
          return {
            value,
            text: `Refused: there is no token ${name}; "ares token list" lists them.`,
            exit: EXIT.refused,
          };
      }
    },
  });
}

/** A token's life is counted in wall time, whatever time the market has. */
async function wallCommand(ledger: Ledger, user: string | undefined): Promise<Wish> {
  return { ...(await newCommand(ledger, user, undefined)), now: wallClock.now() };
}

async function create(ledger: Ledger, name: string, options: CreateOptions): Promise<Report> {
  const { role, days, user } = options;
  const command = await wallCommand(ledger, user);
  const expiresAt = days === undefined ? null : epochMillis(command.now + days * DAY_MS);
  const wish = { name, role, slots: options.for ?? null, expiresAt };
  const outcome = await createToken(command, wish, { ledger, random: random() });
  if (outcome.outcome === 'name_taken') {
    const { createdAt, createdBy } = outcome.token;
    const text = `Refused: ${name} has a token, made ${momentText(createdAt)} by ${createdBy}. Choose another name, or revoke that one first.`;
    return { value: outcome, text, exit: EXIT.refused };
  }
  const { token, secret } = outcome;
  const text = `${secret}\n\nThat is the token of ${name}, a ${role} ${scopeText(token)}. Keep it: it is not shown again.`;
  return { value: outcome, text };
}

const scopeText = ({ slots, expiresAt }: AccessToken): string =>
  `${slots === null ? 'of every slot' : `of ${slots.join(', ')}`}, ${expiresAt === null ? 'for ever' : `until ${momentText(expiresAt)}`}`;

function listText(tokens: readonly (AccessToken & { readonly state: string })[]): string {
  const rows = tokens.map(({ name, role, state, slots, createdAt, createdBy, expiresAt }) => [
    name,
    role,
    state,
    slots === null ? 'all' : slots.join(', '),
    momentText(createdAt),
    createdBy,
    expiresAt === null ? 'never' : momentText(expiresAt),
  ]);
  return table(['NAME', 'ROLE', 'STATE', 'SLOTS', 'MADE', 'BY', 'EXPIRES'], rows);
}
