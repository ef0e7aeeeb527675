import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onnxPredictorLoader } from '../../../src/adapters/inference/onnx-predictor-loader.ts';
import { readConfig } from '../../../src/core/config/read-config.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import type { JsonObject } from '../../../src/core/ports/ledger.ts';
import { decisionToJson } from '../../../src/core/trading/decision.ts';
import { decisionInputsHash, decisionInputsToJson } from '../../../src/core/trading/decision-inputs.ts';
import { runBacktest } from '../../../src/core/trading/run-backtest.ts';
import { quiet } from '../../support/engine-harness.ts';
import { waveBars } from '../../support/listed-market.ts';
import { restlessModel } from '../../support/restless-model.ts';
import { OWN_EXCHANGE, openTradedSlot } from '../../support/traded-slot.ts';
import { runAres } from './support/run-ares.ts';

let dataDir: string;
let traded: Awaited<ReturnType<typeof openTradedSlot>>;
const items: JsonObject[] = [];

beforeAll(async () => {
  dataDir = join(mkdtempSync(join(tmpdir(), 'ares-decisions-')), 'data');
  traded = await openTradedSlot(dataDir, OWN_EXCHANGE);
  const candles = waveBars(600);
  const from = candles[480]?.openTime ?? 0;
  const predictor = await onnxPredictorLoader().load(restlessModel(0));
  const { config } = await readConfig(traded.ledger);
  await runBacktest(
    {
      slot: OWN_EXCHANGE,
      models: [{ runId: 'restless-00', predictor, from }],
      candles,
      from,
      config,
      onDecision(decision, inputs) {
        const plain = decisionInputsToJson(inputs);
        items.push({ ...decisionToJson(decision), inputs: plain, inputsHash: decisionInputsHash(plain) });
      },
    },
    quiet,
  );
  await predictor.release();
  await write(items);
});
afterAll(() => {
  traded.db.close();
  rmSync(join(dataDir, '..'), { recursive: true, force: true });
});

const write = (values: readonly JsonObject[]) =>
  traded.ledger.append(values.map((value) => ({ key: keys.decision(OWN_EXCHANGE, Number(value.barClose)), value })));
const ares = (...args: string[]) => runAres(dataDir, ['decisions', ...args]);
const moment = (item: JsonObject | undefined) => new Date(Number(item?.barClose)).toISOString();

describe('ares decisions', () => {
  test('lists the newest first, within the time that is named', async () => {
    const run = await ares('list', '--from', moment(items[10]), '--to', moment(items[20]), '--json');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const listed = run.json() as JsonObject[];
    expect(listed.map(({ barClose }) => barClose)).toEqual(
      items
        .slice(10, 20)
        .map(({ barClose }) => barClose)
        .toReversed(),
    );
    expect(listed.every((decision) => !('inputs' in decision))).toBe(true);
    expect((await ares('list', '--limit', '3')).stdout.split('\n').filter(Boolean)).toHaveLength(4);
  });

  test('shows one with all that it was made from', async () => {
    const run = await ares('show', '--bar', moment(items[5]), '--json');
    expect(run.json()).toEqual(items[5]);
    const { stdout } = await ares('show', '--bar', moment(items[5]));
    expect(stdout).toMatch(/^inputs\.settings\.strategy\.entryThreshold +0\.\d+$/m);
    expect((await ares('show', '--bar', '2001-01-01')).code).toBe(1);
  });

  test('computes all of them again and finds them identical, with the model that decided', async () => {
    const run = await ares('replay', '--json');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.json()).toMatchObject({ identical: true, decisions: 120, different: 0, probabilityNotRecomputed: 0 });
    expect((await ares('replay', '--bar', moment(items[7]))).stdout).toBe('identical: 1 decision computed again.\n');
  });

  test('ends with 1 and names the first difference of what was tampered with', async () => {
    const [honest, inputs] = [items[30] as JsonObject, items[30]?.inputs as JsonObject];
    const tampered = [
      [{ ...honest, probability: 0.75 }, 'probability'],
      [{ ...honest, inputs: { ...inputs, features: [0.5] } }, 'inputsHash'],
    ] as const;
    for (const [item, field] of tampered) {
      await write([item]);
      const run = await ares('replay', '--from', moment(items[25]), '--to', moment(items[40]), '--json');
      expect(run.code).toBe(1);
      expect(run.json()).toMatchObject({
        identical: false,
        decisions: 15,
        different: 1,
        differences: [{ barClose: honest.barClose, field }],
      });
    }
    expect((await ares('replay')).stdout).toMatch(/^DIFFERENT: 1 of 120 decisions:\n {2}paper:.* inputsHash was "/);
    await write([honest]);
  });

  test('says what must be named, and how', async () => {
    expect((await ares('replay', '--bar', moment(items[0]), '--from', '2022-01-01')).code).toBe(2);
    expect((await ares('list', '--from', '2022-01-02', '--to', '2022-01-01')).code).toBe(2);
    expect((await ares('show')).code).toBe(2);
    expect((await ares('list', '--symbol', 'ETH/USDT', '--json')).error().message).toContain('--symbol must be one of');
    expect((await ares('replay', '--from', '2031-01-01')).code).toBe(3);
  });
});
