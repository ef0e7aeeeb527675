import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { buildApp } from '../../infra/build-app.ts';
import { loadStage } from '../../infra/config.ts';
import { parseStageConfig, type StageConfig } from '../../src/compose/stage-config.ts';
import { type Resource, readTemplates } from './template.ts';

/** Bases of symbols; which ones they are changes no price. */
const BASES = 'BTC ETH BNB SOL XRP ADA DOGE TRX LINK AVAX DOT LTC BCH UNI ATOM ETC FIL APT ARB OP'.split(' ');

/** The stage "paper" with so many slots, a size of trader, and somebody to mail alarms to. */
function stageWith(size: StageConfig['trader']['size'], slots: number): StageConfig {
  const paper = loadStage('paper');
  const [slot] = paper.slots;
  return parseStageConfig(
    {
      ...paper,
      slots: BASES.slice(0, slots).map((base) => ({ ...slot, symbol: `${base}/USDT` })),
      alerts: { emails: ['somebody@example.com'] },
      // Nothing is built for this: what an image or a bundle holds changes no price.
      trader: { size, image: { from: 'registry', uri: 'example.com/ares-trader:cost' } },
    },
    `the stage "paper" with ${slots} slots`,
  );
}

/** All resources that `cdk synth` would make for such a stage, without building what they run. */
export function synthesise(size: StageConfig['trader']['size'], slots: number): readonly Resource[] {
  const directory = mkdtempSync(join(tmpdir(), 'ares-cost-'));
  try {
    const bundle = join(directory, 'bundle');
    const outdir = join(directory, 'out');
    mkdirSync(bundle);
    writeFileSync(join(bundle, 'index.mjs'), '');
    const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
    buildApp(app, stageWith(size, slots), {
      functionBundle: () => bundle,
      onnxruntimeLayer: () => bundle,
      trader: bundle,
    });
    app.synth();
    return readTemplates(outdir);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
