/** As a bundle: loads the model file named first, and says what it predicts for the row that follows as JSON. */
import { readFileSync } from 'node:fs';
import { predictorLoader } from '#port/predictor-loader';
import { buildPorts } from '../../../src/compose/provided.ts';

const [file = '', row = ''] = process.argv.slice(2);
const { loader } = buildPorts<{ loader: Awaited<typeof predictorLoader> }>({ loader: predictorLoader });
const predictor = await loader.load(readFileSync(file));
console.log(await predictor.predict(Float32Array.from(JSON.parse(row) as number[])));
await predictor.release();
