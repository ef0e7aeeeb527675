import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';

/**
 * Turns candles of a perpetual, whose volume is in quote currency, into candles of a spot market: volume ÷ close, rounded to five decimals.
 *
 * @example npx node apps/paper-exchange/market/convert-perpetual.ts PERPETUAL.csv.gz SPOT.csv.gz
 */
function convertPerpetual(csv: string): string {
  const [header, ...rows] = csv.trim().split('\n');
  const converted = rows.map((row) => {
    const [ts, open, high, low, close, volume] = row.split(',');
    return [ts, open, high, low, close, (Number(volume) / Number(close)).toFixed(5)].join(',');
  });
  return `${[header, ...converted].join('\n')}\n`;
}

const [input, output] = process.argv.slice(2);
if (input === undefined || output === undefined) {
  process.stderr.write('usage: convert-perpetual.ts PERPETUAL.csv.gz SPOT.csv.gz\n');
  process.exitCode = 2;
} else {
  writeFileSync(output, gzipSync(convertPerpetual(gunzipSync(readFileSync(input)).toString('utf8')), { level: 9 }));
}
