import { type Command, Option } from 'commander';
import { AresError } from '../../../src/core/ares-error.ts';
import { type AuditEntry, auditStreams } from '../../../src/core/audit/audit-entry.ts';
import { type AuditQuery, queryAudit } from '../../../src/core/audit/query-audit.ts';
import { verifyAudit } from '../../../src/core/audit/verify-audit.ts';
import { auditRow } from '../../../src/core/dashboard/audit-row.ts';
import type { EpochMillis } from '../../../src/core/ports/clock.ts';
import type { AuditStream, LedgerReader } from '../../../src/core/ports/ledger.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { defineGroup } from '../define-group.ts';
import { EXIT } from '../exit-codes.ts';
import { openLedger } from '../open-ledger.ts';
import { timeText, wholeFrom } from '../option-parsers.ts';
import { table } from '../render/table.ts';
import { counted, momentText } from '../render/words.ts';
import type { Report } from '../report.ts';

interface QueryOptions {
  readonly from?: EpochMillis;
  readonly to?: EpochMillis;
  readonly type?: string;
  readonly user?: string;
  readonly stream?: AuditStream;
  readonly limit: number;
  readonly oldestFirst?: boolean;
  readonly after?: string;
}

const PROBLEMS = {
  unreadable: 'cannot be read',
  missing: 'is missing: another entry stands in its place',
  altered: 'was altered',
  unlinked: 'does not follow the one before it, which was replaced',
  misfiled: 'is stored where it does not belong',
  truncated: 'is gone, with all that came after it',
  beyond_head: 'stands after the end of the chain',
  head_altered: 'is not the one the end of the chain names',
} as const;

export function defineAudit(program: Command, deliver: Deliver): void {
  const audit = defineGroup(program, {
    name: 'audit',
    about: 'Who did what when, in a chain of hashes: query it, verify it.',
    examples: ['audit --from 2022-01-15 --type ModelPromoted', 'audit verify'],
    more: 'Without a subcommand it queries, with the options of "audit query".',
  });
  defineCommand<QueryOptions>(audit, deliver, {
    name: 'query',
    isDefault: true,
    about: 'Lists audit entries by time, type, user and stream, newest first.',
    examples: [
      'audit',
      'audit --from 2022-01-15 --to 2022-01-16 --type ModelPromoted',
      'audit query --user ada --stream config --json',
    ],
    options: (command) =>
      command
        .option('--from <date>', 'entries of this time (UTC) and later', timeText)
        .option('--to <date>', 'entries before this time (UTC)', timeText)
        .option('--type <name>', 'of one event type, like ModelPromoted')
        .option('--user <name>', "one person's or function's")
        .addOption(new Option('--stream <name>', 'of one chain').choices(auditStreams))
        .option('--limit <number>', 'at most so many', wholeFrom(1, 1_000), 50)
        .option('--oldest-first', 'in the order they were written')
        .option('--after <next>', 'go on after the page that ended with this "next"'),
    run: async (session, options) => reportPage(await read(openLedger(session), queryOf(options))),
  });
  defineCommand(audit, deliver, {
    name: 'verify',
    about: 'Verifies every chain: finds entries that were changed, removed, moved or added beside Ares.',
    more: 'Exit code 4 says that a chain is not valid.',
    examples: ['audit verify', 'audit verify --json'],
    run: async (session) => {
      const value = await verifyAudit(openLedger(session));
      if (value.valid)
        return { value, text: `The audit trail is valid: ${counted(value.entries, 'entry', 'entries')}.` };
      const { stream, sequence, problem } = value;
      return {
        value,
        text: `The audit trail is NOT valid: entry ${sequence} of "${stream}" ${PROBLEMS[problem]}.`,
        exit: EXIT.refused,
      };
    },
  });
}

function queryOf({ from, to, type, user, stream, limit, oldestFirst, after }: QueryOptions): AuditQuery {
  if (from !== undefined && to !== undefined && to <= from) {
    throw new AresError('USAGE', `--to must be later than --from (${momentText(from)}), was ${momentText(to)}`);
  }
  return {
    limit,
    order: oldestFirst ? 'ascending' : 'descending',
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to: to - 1 }),
    ...(type === undefined ? {} : { eventType: type }),
    ...(user === undefined ? {} : { user }),
    ...(stream === undefined ? {} : { stream }),
    ...(after === undefined ? {} : { after }),
  };
}

interface FullPage {
  readonly entries: readonly AuditEntry[];
  readonly next: string | null;
}

/** A page of the core may end early where little matches; this one is full unless there is no more. */
async function read(ledger: LedgerReader, query: AuditQuery): Promise<FullPage> {
  const entries: AuditEntry[] = [];
  let { after } = query;
  do {
    const page = await queryAudit(ledger, {
      ...query,
      limit: query.limit - entries.length,
      ...(after === undefined ? {} : { after }),
    });
    entries.push(...page.entries);
    after = page.next;
  } while (after !== undefined && entries.length < query.limit);
  return { entries, next: after ?? null };
}

function reportPage(page: FullPage): Report {
  const rows = page.entries.map((entry) => {
    const { timestamp, stream, sequence, eventType, user, text } = auditRow(entry);
    return [momentText(timestamp), `${stream} ${sequence}`, eventType, user, text || otherText(entry)];
  });
  if (rows.length === 0) return { value: page, text: 'No audit entry matches.' };
  const more = page.next === null ? '' : `\nThere are more: go on with --after '${page.next}'.`;
  return { value: page, text: `${table(['TIME', 'ENTRY', 'TYPE', 'USER', 'WHAT'], rows)}${more}` };
}

/** For entries whose details have none of the usual names: the single values among them. */
function otherText({ details }: AuditEntry): string {
  const single = Object.entries(details).filter(([, value]) => typeof value !== 'object');
  return single.map(([name, value]) => `${name} ${value}`).join(', ');
}
