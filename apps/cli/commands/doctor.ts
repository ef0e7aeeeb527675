import type { Command } from 'commander';
import { type Deliver, defineCommand } from '../define-command.ts';
import { checkDataDirectory, checkDiskSpace } from '../doctor/check-data-directory.ts';
import { checkDatabase } from '../doctor/check-database.ts';
import { checkClock, checkKeys } from '../doctor/check-exchange.ts';
import { checkPort } from '../doctor/check-port.ts';
import { checkInference, checkNode } from '../doctor/check-runtime.ts';
import { checkStage } from '../doctor/check-stage.ts';
import { examine, type Finding } from '../doctor/finding.ts';
import { EXIT } from '../exit-codes.ts';
import { counted } from '../render/words.ts';
import type { Report } from '../report.ts';
import type { Session } from '../session.ts';

const MARKS = { ok: 'ok     ', warning: 'WARNING', broken: 'BROKEN ' } as const;

export function defineDoctor(program: Command, deliver: Deliver): void {
  defineCommand(program, deliver, {
    name: 'doctor',
    about:
      'Says what is missing or wrong on this machine or a deployed stage, and what to do about it. Changes nothing.',
    more:
      'It checks Node, the inference runtime, data directory, disk, database, audit trail, models, the port of the page, keys, and the clock against a configured exchange.\n' +
      'Of a stage: what its outputs tell, tables, audit trail, models, and events that could not be handled.',
    examples: ['doctor', 'doctor --data-dir /var/lib/ares --json', '--stage paper doctor'],
    run: async (session) => reportOf(await findingsOf(session)),
  });
}

async function findingsOf({ dataDir, stage }: Session): Promise<readonly Finding[]> {
  if (stage !== undefined) return (await Promise.all([checkNode(), checkInference(), checkStage(stage)])).flat();
  const database = checkDatabase(dataDir).catch(async (error: unknown) => [
    await examine('database', 'Look at the data directory: it is not as Ares left it.', () => Promise.reject(error)),
  ]);
  const checks = [
    checkNode(),
    checkInference(),
    checkDataDirectory(dataDir),
    checkDiskSpace(dataDir),
    database,
    checkPort(dataDir),
    checkKeys(),
    checkClock(),
  ];
  return (await Promise.all(checks)).flat();
}

function reportOf(findings: readonly Finding[]): Report {
  const brokenCount = findings.filter(({ severity }) => severity === 'broken').length;
  const lines = findings.flatMap(({ check, severity, message, remedy }) => [
    `${MARKS[severity]}  ${check}: ${message}`,
    ...(remedy === '' ? [] : [`         → ${remedy}`]),
  ]);
  const verdict = brokenCount === 0 ? 'Nothing is broken.' : `${counted(brokenCount, 'thing')} must be mended.`;
  return {
    value: { healthy: brokenCount === 0, findings },
    text: [...lines, '', verdict].join('\n'),
    exit: brokenCount === 0 ? EXIT.done : EXIT.failed,
  };
}
