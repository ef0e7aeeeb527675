import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { ArchiveHeader } from '../../src/core/archive/archive-lines.ts';
import { type ArchivedModel, archiveText } from '../../src/core/archive/write-archive.ts';
import type { ArchivedRecord } from '../../src/core/ports/ledger-archive.ts';
import type { ModelHash } from '../../src/core/ports/model-store.ts';

export async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

export const modelOf = (bytes: Uint8Array): ArchivedModel => ({ hash: bytesToHex(sha256(bytes)) as ModelHash, bytes });

/** The lines of an archive of these, without their line feeds. */
export async function archiveLinesOf(
  models: readonly ArchivedModel[],
  records: readonly ArchivedRecord[],
): Promise<readonly string[]> {
  const header: Omit<ArchiveHeader, 'kind'> = {
    format: 'ares-archive',
    version: 1,
    createdAt: '2026-11-23T00:00:00.000Z',
    stage: 'local',
    missingModels: [],
  };
  let text = '';
  for await (const line of archiveText(header, each(models), each(records), async () => undefined)) text += line;
  return text.split('\n').slice(0, -1);
}
