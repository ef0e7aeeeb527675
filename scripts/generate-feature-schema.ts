/** Writes what a trainer in another language needs to compute the features of ares-core: their definitions as a JSON schema of a row, and rows to compare with. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { aresCore } from '../src/core/features/ares-core.ts';
import { computeFeatureMatrix } from '../src/core/features/feature-matrix.ts';
import { WARM_UP_BARS } from '../src/core/features/feature-set.ts';
import { parseCandleCsv } from '../src/core/market-data/candle-csv.ts';
import { featureDefinitions } from './feature-schema/feature-definitions.ts';
import { writeGenerated } from './write-generated.ts';

const EXAMPLE = 'examples/bring-your-own-model';
const CANDLES = 'apps/paper-exchange/market/BTC-USDT-1m-202201.csv.gz';
/** Of the rows of a month, so many are kept. */
const KEPT = 216;

const definitions = featureDefinitions(aresCore.features);
const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: `${aresCore.name} version ${aresCore.version}`,
  description: `One row: the features of one closed bar, in this order, each a float32. Time is cut into segments of ${WARM_UP_BARS} bars, aligned on 1970-01-01T00:00:00Z; a bar's values are computed from the candles that open at the beginning of the segment before its own, or later, and from no others. Before that beginning there is nothing: averages start there. A value that is not finite means that the bar has no row.`,
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(
    aresCore.features.map((name) => [name, { type: 'number', description: definitions[name] }]),
  ),
  required: aresCore.features,
  'x-ares': { featureSet: aresCore.name, version: aresCore.version, segmentBars: WARM_UP_BARS },
};
writeGenerated(`${EXAMPLE}/features.schema.json`, `${JSON.stringify(schema, null, 2)}\n`);

const { candles, timeframe } = parseCandleCsv(gunzipSync(readFileSync(CANDLES)).toString('utf8'));
const { rows, width, count, times } = computeFeatureMatrix(aresCore, timeframe, candles);
const lines = [['ts_ms', ...aresCore.features].join(',')];
for (let row = 0; row < count; row += Math.ceil(count / KEPT)) {
  // Nine digits tell every float32 from its neighbours.
  const values = Array.from(rows.subarray(row * width, (row + 1) * width), (value) => Number(value.toPrecision(9)));
  lines.push([times[row], ...values].join(','));
}
writeGenerated(`${EXAMPLE}/golden.csv`, `${lines.join('\n')}\n`);
