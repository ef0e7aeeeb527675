import { type AuditEntry, auditEntryKey, auditEntrySchema } from '../../src/core/audit/audit-entry.ts';
import { verifyAudit } from '../../src/core/audit/verify-audit.ts';
import type { AresEvent } from '../../src/core/events/catalogue.ts';
import { parseEvent } from '../../src/core/events/catalogue.ts';
import type { Command } from '../../src/core/events/command.ts';
import type { Invocation } from '../../src/core/events/invocation.ts';
import type { Evaluation, ModelRecord } from '../../src/core/models/model-record.ts';
import { listModels, readModel } from '../../src/core/models/read-models.ts';
import { type RegisterRequest, registerCandidate } from '../../src/core/models/register-candidate.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import type { AuditStream } from '../../src/core/ports/ledger.ts';
import { checkPromotion } from '../../src/core/promotion/check-promotion.ts';
import { readDeployment } from '../../src/core/promotion/deployment.ts';
import { promote } from '../../src/core/promotion/promote.ts';
import { rollback } from '../../src/core/promotion/rollback.ts';
import { createMemoryLedger } from './memory-ledger.ts';
import { createMemoryModelStore } from './memory-model-store.ts';
import { sampleBytes, sampleLoader } from './model-bytes.ts';

export const SLOT = 'paper:trend:BTC/USDT:1m' as SlotId;

/** The bars all models are measured on unless a test says otherwise: after the sample's training window. */
export const UNSEEN: Evaluation = { from: 2_000, to: 3_000, rows: 500 };

/** A ledger, a model store, and somebody who works with them one command after the other. */
export function openModelDesk() {
  const ledger = createMemoryLedger();
  const modelStore = createMemoryModelStore();
  const ports = { ledger, modelStore, predictorLoader: sampleLoader };
  let commands = 0;

  const command = (): Command => {
    commands += 1;
    return { id: `command-${commands}`, user: 'ada', now: epochMillis(10_000 + commands), sessionId: 'session-1' };
  };
  const scheduled = (): Invocation => {
    const { id, now, sessionId } = command();
    return { id, now, sessionId, correlationId: id, trigger: { kind: 'schedule' } };
  };

  return {
    ledger,
    modelStore,
    ports,
    command,
    scheduled,
    register: (runId: string, accuracy?: number, overrides: Partial<RegisterRequest> = {}) =>
      registerCandidate(
        {
          ...command(),
          slot: SLOT,
          runId,
          model: { bytes: sampleBytes(runId) },
          metrics: accuracy === undefined ? {} : { accuracy },
          evaluation: UNSEEN,
          ...overrides,
        },
        ports,
      ),
    check: (invocation = scheduled()) => checkPromotion(invocation, ports),
    promote: (runId: string, overrides: Partial<Command> = {}) =>
      promote({ ...command(), ...overrides, slot: SLOT, runId }, ports),
    rollback: (to?: string, overrides: Partial<Command> & { readonly from?: string } = {}) =>
      rollback({ ...command(), ...overrides, slot: SLOT, to }, ports),
    deployment: () => readDeployment(ledger, SLOT),
    model: async (runId: string): Promise<ModelRecord> => (await readModel(ledger, SLOT, runId)).record,
    models: async () => (await listModels(ledger, { slot: SLOT, limit: 1_000 })).models,
    events: (): readonly AresEvent[] =>
      ledger.events.map(({ source, detailType, detail }) => parseEvent(source, detailType, detail)),
    audit: async (stream: AuditStream = 'models'): Promise<readonly AuditEntry[]> => {
      const { pk } = auditEntryKey(stream, 1);
      const page = await ledger.query({ table: 'audit', pk, limit: 1_000 });
      return page.items.map(({ value }) => auditEntrySchema.parse(value));
    },
    auditValid: async () => (await verifyAudit(ledger)).valid,
  };
}

export type ModelDesk = ReturnType<typeof openModelDesk>;
