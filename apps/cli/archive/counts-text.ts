import type { ArchiveCounts } from '../../../src/core/archive/archive-lines.ts';
import { counted } from '../render/words.ts';

/** What is in an archive, in words. */
export function countsText({ state, registry, audit, models, commits, events }: ArchiveCounts): string {
  return [
    `${counted(state + registry, 'item')}`,
    `${counted(audit, 'item')} of the audit trail`,
    `${counted(commits, 'commit token')}`,
    `${counted(events, 'waiting event')}`,
    `the bytes of ${counted(models, 'model')}`,
  ].join(', ');
}
