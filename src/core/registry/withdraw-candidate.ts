import type { Command } from '../events/command.ts';
import { isLegalTransition, transition } from '../models/lifecycle.ts';
import { modelAudit } from '../models/model-audit.ts';
import { putModel, type StoredModel } from '../models/model-record.ts';
import type { AuditDraft, Write } from '../ports/ledger.ts';

/**
 * Takes a model that is not in production out of the running; nothing, when it is out already.
 *
 * Only the model's own item changes: a promotion that comes between meets another version of it, and one of both starts anew.
 */
export function withdrawal(
  command: Command,
  { record, version }: StoredModel,
  reason: string,
): { readonly writes: readonly Write[]; readonly audit: readonly AuditDraft[] } {
  if (!isLegalTransition(record.state, 'archived')) return { writes: [], audit: [] };
  const archived = { ...transition(record, 'archived', reason, command.now), waiting: null };
  return {
    writes: [putModel(archived, version)],
    audit: [modelAudit(command, 'ModelArchived', archived, record.state)],
  };
}
