import { type Command, Option } from 'commander';
import { MODEL_STATES, type ModelState } from '../../../src/core/models/lifecycle.ts';
import type { ModelRecord } from '../../../src/core/models/model-record.ts';
import { readModel } from '../../../src/core/models/read-models.ts';
import { readPerformance } from '../../../src/core/performance/performance-record.ts';
import { chooseSlot } from '../choose-slot.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { defineGroup } from '../define-group.ts';
import { allModels } from '../models/all-models.ts';
import { type HistoryStep, modelHistory } from '../models/model-history.ts';
import { openLedger } from '../open-ledger.ts';
import { runIdText } from '../option-parsers.ts';
import { facts, table } from '../render/table.ts';
import { figureText, momentText, percentText } from '../render/words.ts';

export function defineModels(program: Command, deliver: Deliver): void {
  const models = defineGroup(program, {
    name: 'models',
    about: 'The registered models of a slot.',
    examples: ['models list', 'models show run-17'],
  });
  defineCommand<{ readonly state?: ModelState }>(models, deliver, {
    name: 'list',
    about: 'Lists the models, by run or by how they came into one state.',
    examples: ['models list', 'models list --state candidate --json'],
    options: (command) =>
      command.addOption(new Option('--state <state>', 'only those in this state').choices(MODEL_STATES)),
    run: async (session, { state }) => {
      const ledger = openLedger(session);
      const slot = await chooseSlot(ledger, session.slot);
      const value = await allModels(ledger, slot, state);
      const none =
        state === undefined ? `No model is registered in ${slot}.` : `No model of ${slot} is in state ${state}.`;
      return { value, text: value.length === 0 ? none : listText(value) };
    },
  });
  defineCommand(models, deliver, {
    name: 'show',
    about: 'Shows one model: what it is, its figures, and its life so far.',
    examples: ['models show run-17', 'models show run-17 --json'],
    options: (command) => command.argument('<run>', 'run of the model', runIdText),
    run: async (session, _options, [runId = '']) => {
      const ledger = openLedger(session);
      const slot = await chooseSlot(ledger, session.slot);
      const { record } = await readModel(ledger, slot, runId);
      const [live = null] = await readPerformance(ledger, slot, runId, 1);
      const history = await modelHistory(ledger, slot, runId);
      return { value: { ...record, live, history }, text: showText(record, live?.accuracy ?? null, history) };
    },
  });
}

function listText(models: readonly ModelRecord[]): string {
  const rows = models.map(({ runId, state, metrics, registeredAt, modelHash, reason }) => [
    runId,
    state,
    percentText(metrics.accuracy),
    momentText(registeredAt),
    modelHash.slice(0, 12),
    reason,
  ]);
  return table(['RUN', 'STATE', 'ACCURACY', 'REGISTERED', 'HASH', 'WHY'], rows);
}

function showText(model: ModelRecord, liveAccuracy: number | null, history: readonly HistoryStep[]): string {
  const { signature, evaluation, metrics, params } = model;
  const { from, to } = signature.trainingWindow;
  const pairs = (values: Readonly<Record<string, string | number | boolean>>) =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${typeof value === 'number' ? figureText(value) : value}`)
      .join(', ') || '-';
  const head = facts([
    ['Run', model.runId],
    ['Slot', model.slot],
    ['State', `${model.state}, since ${momentText(model.stateChangedAt)}: ${model.reason}`],
    ['Hash', model.modelHash],
    ['Predicts', `${signature.target} in ${signature.horizon} bars of ${signature.timeframe}`],
    ['Features', `${signature.featureCount} of ${signature.featureSet.name} version ${signature.featureSet.version}`],
    ['Trained on', `bars from ${momentText(from)} to ${momentText(to)}`],
    [
      'Measured on',
      evaluation ? `${evaluation.rows} bars from ${momentText(evaluation.from)} to ${momentText(evaluation.to)}` : '-',
    ],
    ['Metrics', pairs(metrics)],
    ['Live accuracy', percentText(liveAccuracy)],
    ['Parameters', pairs(params)],
    ['Registered', `${momentText(model.registeredAt)} by ${model.registeredBy}`],
    ['Waiting', model.waiting?.reason ?? '-'],
  ]);
  const rows = history.map(({ at, eventType, from: before, to: after, user, reason }) => [
    momentText(at),
    eventType,
    `${before ?? '-'} → ${after ?? '-'}`,
    user,
    reason,
  ]);
  return `${head}\n\n${table(['TIME', 'WHAT', 'STATE', 'BY', 'WHY'], rows)}`;
}
