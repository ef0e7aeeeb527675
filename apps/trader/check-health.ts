/**
 * The container's health check: asks the trader on its health port, and ends with 0 when it lives, else with 1 and a line that says why.
 *
 * Plain Node and nothing else: it is started twice a minute beside a trader that may have a quarter of a processor.
 *
 * node check-health.mjs PORT
 */
import { get } from 'node:http';

const ANSWER_WITHIN_MS = 3_000;

function fail(reason: string): void {
  console.error(`the trader is not healthy: ${reason}`);
  process.exitCode = 1;
}

const port = Number(process.argv[2]);
if (Number.isInteger(port) && port > 0 && port < 65_536) {
  const request = get({ host: '127.0.0.1', port, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }, (answer) => {
    if (answer.statusCode === 200) answer.resume();
    else answer.setEncoding('utf8').on('data', fail);
  });
  request.on('error', (error) => fail(error.message));
} else {
  fail(`the port must be a whole number from 1 to 65535, was "${process.argv[2] ?? ''}"`);
}
