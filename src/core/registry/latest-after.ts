import type { LedgerReader } from '../ports/ledger.ts';
import { versionPages } from './latest-versions.ts';
import type { RegisteredModel } from './registered-model.ts';
import { STAGES, type Stage } from './stage.ts';

/**
 * The newest version in each stage once some versions have changed theirs; `undefined` stands for a deleted one.
 *
 * Only where the newest of a stage leaves it are versions read.
 */
export async function latestAfter(
  ledger: LedgerReader,
  model: RegisteredModel,
  moved: ReadonlyMap<number, Stage | undefined>,
): Promise<RegisteredModel['latest']> {
  if (model.everBound) return [];
  const newest = new Map(model.latest.filter(([, number]) => !moved.has(number)));
  const open = new Set(model.latest.filter(([, number]) => moved.has(number)).map(([stage]) => stage));
  const enter = (stage: Stage, number: number) => newest.set(stage, Math.max(number, newest.get(stage) ?? 0));
  for (const [number, stage] of moved) if (stage !== undefined) enter(stage, number);
  if (open.size > 0) {
    for await (const versions of versionPages(ledger, model.id)) {
      for (const { version, stage } of versions) {
        if (moved.has(version.version) || !open.has(stage)) continue;
        enter(stage, version.version);
        open.delete(stage);
      }
      if (open.size === 0) break;
    }
  }
  return STAGES.flatMap((stage): RegisteredModel['latest'] => {
    const number = newest.get(stage);
    return number === undefined ? [] : [[stage, number]];
  });
}
