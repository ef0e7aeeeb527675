import type { Command } from 'commander';
import type { AuditEntry } from '../../../src/core/audit/audit-entry.ts';
import { queryAudit } from '../../../src/core/audit/query-audit.ts';
import { diffConfig } from '../../../src/core/config/config-diff.ts';
import { DEFAULT_CONFIG, type LiveConfig } from '../../../src/core/config/live-config.ts';
import { readConfig } from '../../../src/core/config/read-config.ts';
import { type ConfigOutcome, restoreConfig, updateConfig } from '../../../src/core/config/update-config.ts';
import { parseAssignments } from '../config/parse-assignments.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { defineGroup } from '../define-group.ts';
import { EXIT } from '../exit-codes.ts';
import { newCommand } from '../new-command.ts';
import { openLedger } from '../open-ledger.ts';
import { wholeFrom } from '../option-parsers.ts';
import { facts, table } from '../render/table.ts';
import { momentText } from '../render/words.ts';
import type { Report } from '../report.ts';
import { type UserOptions, userOption } from '../user-option.ts';

const LOOSENING =
  'What tightens a limit is in force at once. What loosens one needs --reason, and the audit trail keeps both.';

type ChangeOptions = UserOptions & { readonly reason?: string };

const reasonOption = (command: Command): Command =>
  userOption(command.option('--reason <text>', 'why, for the audit trail; must be there where a limit is loosened'));

export function defineConfig(program: Command, deliver: Deliver): void {
  const config = defineGroup(program, {
    name: 'config',
    about: 'What can be tuned while Ares runs.',
    examples: ['config show', 'config set strategy.entryThreshold=0.55'],
  });
  defineCommand(config, deliver, {
    name: 'show',
    about: 'Shows the configuration in force; version 0 is the defaults.',
    examples: ['config show', 'config show --json'],
    run: async (session) => {
      const value = await readConfig(openLedger(session));
      return { value, text: configText(value.version, value.config) };
    },
  });
  defineCommand<ChangeOptions & { readonly expectedVersion?: number }>(config, deliver, {
    name: 'set',
    about:
      'Changes settings, all of them as one new version or none; the trader and the functions take it up by themselves.',
    examples: [
      'config set strategy.entryThreshold=0.55',
      'config set risk.maxOrderNotional=5000 risk.maxPositionNotional=9000 --expected-version 3',
      'config set risk.maxSpreadFraction=0.01 --reason "this market is wider at night"',
    ],
    more: LOOSENING,
    options: (command) =>
      reasonOption(
        command
          .argument('<settings...>', 'path=value, the paths as "config show" has them')
          .option('--expected-version <number>', 'refuse when another version is in force', wholeFrom(0)),
      ),
    run: async (session, { user, reason, expectedVersion }, [settings]) => {
      const patch = parseAssignments(settings as unknown as readonly string[]);
      const ledger = openLedger(session);
      const command = await newCommand(ledger, user, undefined);
      return reportOf(
        await updateConfig(
          {
            ...command,
            patch,
            ...(reason === undefined ? {} : { reason }),
            ...(expectedVersion === undefined ? {} : { expectedVersion }),
          },
          { ledger },
        ),
      );
    },
  });
  defineCommand<{ readonly limit: number }>(config, deliver, {
    name: 'versions',
    about: 'Lists the versions and what each changed, newest first.',
    examples: ['config versions', 'config versions --limit 5 --json'],
    options: (command) => command.option('--limit <number>', 'at most so many', wholeFrom(1, 1_000), 20),
    run: async (session, { limit }) => {
      const ledger = openLedger(session);
      const page = await queryAudit(ledger, {
        stream: 'config',
        eventType: 'ConfigChanged',
        order: 'descending',
        limit,
      });
      return reportVersions(page.entries);
    },
  });
  defineCommand<ChangeOptions>(config, deliver, {
    name: 'restore',
    about: 'Puts the settings of an earlier version in force again, as a new version.',
    examples: ['config restore 3', 'config restore 0 --reason "back to the defaults"'],
    more: LOOSENING,
    options: (command) =>
      reasonOption(command.argument('<version>', 'as "config versions" lists it; 0 is the defaults', wholeFrom(0))),
    run: async (session, { user, reason }, [version]) => {
      const ledger = openLedger(session);
      const command = await newCommand(ledger, user, undefined);
      return reportOf(
        await restoreConfig(
          { ...command, version: Number(version), ...(reason === undefined ? {} : { reason }) },
          { ledger },
        ),
      );
    },
  });
}

/** As `config set` takes it: one path=value a line. */
function configText(version: number, config: LiveConfig): string {
  const lines = Object.entries(config).flatMap(([section, settings]) =>
    Object.entries(settings).map(([name, value]): [string, string] => [`${section}.${name}`, String(value)]),
  );
  const changed = new Set(diffConfig(DEFAULT_CONFIG, config).map(({ field }) => field));
  const rows = lines.map(([path, value]): [string, string] => [
    path,
    changed.has(path) ? `${value}  (changed)` : value,
  ]);
  return `Version ${version}\n\n${facts(rows)}`;
}

function reportOf(outcome: ConfigOutcome): Report {
  const value = outcome;
  switch (outcome.outcome) {
    case 'updated': {
      const lines = outcome.changes.map(({ field, from, to }) => {
        const mark = outcome.loosens.includes(field) ? '  (loosened)' : '';
        return `  ${field}: ${String(from)} → ${String(to)}${mark}`;
      });
      return { value, text: [`Version ${outcome.version} is in force.`, ...lines].join('\n') };
    }
    case 'unchanged':
      return { value, text: `Nothing to change: version ${outcome.version} has these settings.` };
    case 'invalid': {
      const lines = outcome.problems.map(({ field, reason }) => `  ${field} ${reason}`);
      return { value, text: ['Refused, nothing was changed:', ...lines].join('\n'), exit: EXIT.refused };
    }
    case 'conflict':
      return {
        value,
        text: `Refused: version ${outcome.version} is in force, not ${outcome.expectedVersion}. Look at it, then decide anew.`,
        exit: EXIT.refused,
      };
    case 'reason_missing':
      return {
        value,
        text: `Refused, nothing was changed: this loosens ${outcome.loosens.join(', ')}. Say why with --reason.`,
        exit: EXIT.refused,
      };
    case 'unknown_version':
      return {
        value,
        text: `Refused: there is no version ${outcome.version}; "ares config versions" lists them.`,
        exit: EXIT.refused,
      };
  }
}

function reportVersions(entries: readonly AuditEntry[]): Report {
  const value = entries.map(({ timestamp, user, action, details }) => ({
    version: Number(details.version),
    at: timestamp,
    by: user,
    action,
    changes: Array.isArray(details.changes) ? details.changes : [],
    loosens: Array.isArray(details.loosens) ? details.loosens : [],
    reason: typeof details.reason === 'string' ? details.reason : null,
    restoredVersion: details.restoredVersion ?? null,
  }));
  if (value.length === 0) return { value, text: 'Version 0, the defaults, is in force; nobody has changed anything.' };
  const rows = value.map(({ version, at, by, restoredVersion, changes, loosens, reason }) => {
    const why = reason === null ? '' : `: ${reason}`;
    const what = `${changes.map((change) => changeText(change, loosens)).join(', ')}${why}`;
    return [
      String(version),
      momentText(at),
      by,
      restoredVersion === null ? what : `version ${String(restoredVersion)} again: ${what}`,
    ];
  });
  return { value, text: table(['VERSION', 'TIME', 'BY', 'WHAT'], rows) };
}

const changeText = (change: unknown, loosens: readonly unknown[]): string => {
  const { field, from, to } = change as { readonly field: string; readonly from: unknown; readonly to: unknown };
  return `${field} ${String(from)} → ${String(to)}${loosens.includes(field) ? ' (loosened)' : ''}`;
};
