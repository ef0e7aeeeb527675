import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { addSignature } from '../../test/fixtures/models/add-signature.ts';
import { fileOf } from '../measure/named-folder.ts';

const TRAINED_FROM = 1_631_917_380_000;
const about = z.object({ features: z.array(z.string()) });
const golden = z.object({ rows: z.array(z.array(z.number())), p: z.array(z.number()) });

export interface PeerModel {
  /** As the peers run it. */
  readonly plain: Uint8Array;
  /** The same with the signature that Ares asks for. */
  readonly signed: Uint8Array;
  /** Rows it was tried with where it was trained. */
  readonly rows: readonly Float32Array[];
}

/** The model as many times as wanted, each with a hash of its own. @throws AresError `BENCH_DATA_MISSING` */
export const readPeerModels = (count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, n) => readPeerModel(TRAINED_FROM + n * 60_000).signed);

/** The model that the peers are measured with: LightGBM, 200 trees, 24 features. @throws AresError `BENCH_DATA_MISSING` */
export function readPeerModel(trainedFrom = TRAINED_FROM): PeerModel {
  const json = (name: string): unknown => JSON.parse(readFileSync(fileOf('ARES_PEERS', name), 'utf8'));
  const plain = readFileSync(fileOf('ARES_PEERS', 'model.onnx'));
  const { features } = about.parse(json('model.json'));
  const { rows, p } = golden.parse(json('golden.json'));
  const signed = addSignature({
    bytes: plain,
    features,
    rows,
    predictions: p,
    trainingWindow: { from: trainedFrom, to: 1_633_476_780_000 },
  });
  return { plain, signed, rows: rows.map((row) => Float32Array.from(row)) };
}
