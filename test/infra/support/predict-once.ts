/** As a bundle: loads the model file named first, and says what it predicts for the row that follows as JSON. */
import { readFileSync } from 'node:fs';
import { predictorLoader } from '#port/predictor-loader';
import { buildPorts } from '../../../src/compose/provided.ts';

const [file = '', row = ''] = process.argv.slice(2);
const { loader } = buildPorts<{ loader: Awaited<typeof predictorLoader> }>({ loader: predictorLoader });
const predictor = await loader.load(readFileSync(file));
const answer = predictor.predict(Float32Array.from(JSON.parse(row) as number[]));
// A promise would mean that the bundle does not reach the runtime's native binding.
if (typeof answer !== 'number') throw new Error(`a prediction must be made at once, was ${typeof answer}`);
console.log(answer);
await predictor.release();
