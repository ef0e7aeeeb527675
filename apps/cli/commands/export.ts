import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { archive } from '#port/archive';
import { modelStore } from '#port/model-store';
import { monotonic } from '#port/monotonic';
import { timers } from '#port/timers';
import { wallClock } from '#port/wall-clock';
import { readEnv } from '../../../src/compose/env.ts';
import { type ExportSummary, exportLedger } from '../../../src/core/archive/export-ledger.ts';
import { writeArchiveFile } from '../archive/archive-file.ts';
import { countsText } from '../archive/counts-text.ts';
import { refuseExisting } from '../data/write-new-file.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { openLedger } from '../open-ledger.ts';
import { counted } from '../render/words.ts';
import type { Report } from '../report.ts';
import type { Session } from '../session.ts';

export function defineExport(program: Command, deliver: Deliver): void {
  defineCommand(program, deliver, {
    name: 'export',
    about:
      'Writes everything Ares knows into one file: ledger, audit trail, models. For backup, and for moving to AWS or back.',
    more:
      'No trader may be at work: it waits until that is certain, which takes some seconds after a crash, and fails when anybody decides something meanwhile.\n' +
      'The file holds no exchange keys. It names every model, order and decision: keep it as you keep the data directory.\n' +
      'docs/archive-format.md describes it.',
    examples: ['export ares-2026-11-23.ares.gz', '--stage paper export paper.ares.gz --json'],
    options: (command) => command.argument('<file>', 'file to write; it must not exist yet'),
    run: (session, _options, [file = '']) => exportTo(session, file),
  });
}

async function exportTo(session: Session, file: string): Promise<Report> {
  refuseExisting(file);
  const ledger = openLedger(session);
  const { ARES_LEASE_TTL_MS: ttlMs, ARES_RECV_WINDOW_MS: recvWindowMs, ARES_STAGE: stage } = readEnv();
  session.note('Making sure that no trader is at work, then reading everything');
  const request = { now: wallClock.now(), stage, ttlMs, recvWindowMs };
  const ports = { ledger, archive: archive(), modelStore: modelStore(), monotonic, timers };
  let summary: ExportSummary | undefined;
  async function* text(): AsyncGenerator<string> {
    summary = yield* exportLedger(request, ports);
  }
  await writeArchiveFile(file, text());
  if (!summary) throw new Error('an archive that was written must have ended');
  const { trailer, missingModels } = summary;
  const { size } = await stat(file);
  const lines = [
    `Written to ${file}: ${countsText(trailer.counts)}; ${size} bytes.`,
    `SHA-256 of its text: ${trailer.sha256}`,
  ];
  if (missingModels.length > 0) {
    lines.push(
      `WITHOUT ${counted(missingModels.length, 'model')} whose bytes are lost here too:`,
      ...missingModels.map(({ hash, reason }) => `  ${hash}: ${reason}`),
    );
  }
  return {
    value: { file, bytes: size, sha256: trailer.sha256, counts: trailer.counts, missingModels },
    text: lines.join('\n'),
  };
}
