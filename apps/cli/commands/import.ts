import type { Command } from 'commander';
import { archive } from '#port/archive';
import { dataDirectory } from '#port/data-directory';
import { databaseInspector } from '#port/database-inspector';
import { ledger } from '#port/ledger';
import { modelStore } from '#port/model-store';
import { checkTarget } from '../../../src/core/archive/check-target.ts';
import { type ImportSummary, importLedger } from '../../../src/core/archive/import-ledger.ts';
import { type VerifiedArchive, verifyArchive } from '../../../src/core/archive/verify-archive.ts';
import { type ArchiveFile, openArchiveFile } from '../archive/archive-file.ts';
import { countsText } from '../archive/counts-text.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { EXIT } from '../exit-codes.ts';
import { newCommand } from '../new-command.ts';
import type { Report } from '../report.ts';
import type { Session } from '../session.ts';
import { type UserOptions, userOption } from '../user-option.ts';

export function defineImport(program: Command, deliver: Deliver): void {
  defineCommand<UserOptions & { readonly yes?: boolean }>(program, deliver, {
    name: 'import',
    about: 'Puts what "export" wrote into an empty data directory or an empty stage. Every slot is halted then.',
    more:
      'It verifies the whole file first, and does it only with --yes. On AWS it must come when the tables are deployed and nothing else of the stage is.\n' +
      'Broken off, the same command goes on. Nothing trades before its trader has compared the books with the exchange and a person has resumed the slot.',
    examples: ['import backup.ares.gz --data-dir restored', '--stage paper import ares.gz --yes'],
    options: (command) =>
      userOption(command.argument('<file>', 'what "export" wrote').option('--yes', 'do it, not only verify the file')),
    run: async (session, options, [path = '']) => {
      const file = await openArchiveFile(path);
      try {
        return await importFrom(session, options, path, file);
      } finally {
        await file.close();
      }
    },
  });
}

async function importFrom(
  session: Session,
  { user, yes = false }: UserOptions & { readonly yes?: boolean },
  path: string,
  file: ArchiveFile,
): Promise<Report> {
  session.note(`Verifying ${path}`);
  const verified = await verifyArchive(file.lines());
  const id = verified.trailer.sha256;
  // A look must not make a data directory.
  if (session.stage !== undefined || databaseInspector.exists(session.dataDir)) await checkTarget(archive(), id);
  if (!yes) return reportVerified(path, verified, session);
  const lock = session.stage === undefined ? dataDirectory.lock(session.dataDir) : undefined;
  try {
    session.note('Writing; if this is broken off, run it again');
    const ports = { archive: archive(), ledger: ledger(), modelStore: modelStore() };
    return reportImported(
      path,
      verified,
      await importLedger(await newCommand(ports.ledger, user, undefined), verified, file.lines, ports),
      session,
    );
  } finally {
    lock?.release();
  }
}

const describe = ({ header, trailer }: VerifiedArchive) => ({
  createdAt: header.createdAt,
  stage: header.stage,
  sha256: trailer.sha256,
  counts: trailer.counts,
  missingModels: header.missingModels,
});

function reportVerified(path: string, verified: VerifiedArchive, { launcher }: Session): Report {
  const { header, trailer, slots } = verified;
  const run = `${launcher} import ${path} --yes`;
  return {
    value: { outcome: 'verified', ...describe(verified), slots: slots.map(({ slot }) => slot), command: run },
    text: [
      `${path} is whole: written ${header.createdAt} from ${header.stage}, ${countsText(trailer.counts)}.`,
      `It would be put there, and these slots halted: ${slots.map(({ slot }) => slot).join(', ') || 'none'}.`,
      `Nothing was done. To do it: ${run}`,
    ].join('\n'),
    exit: EXIT.refused,
  };
}

function reportImported(
  path: string,
  verified: VerifiedArchive,
  summary: ImportSummary,
  { launcher }: Session,
): Report {
  const lines = [
    `Imported ${path}: ${countsText(verified.trailer.counts)}. The audit trail is valid: ${summary.auditEntries} entries.`,
    ...summary.slots.map(({ slot, epoch }) => `HALTED: ${slot} (fencing epoch ${epoch.before} → ${epoch.after})`),
    `Start the trader, compare its position with the exchange (${launcher} status), then: ${launcher} resume --reason "compared with the exchange"`,
  ];
  return { value: { outcome: 'imported', ...describe(verified), ...summary }, text: lines.join('\n') };
}
