import { parseArgs } from 'node:util';
import { messageOf } from '../../src/core/ares-error.ts';
import { coverageTable, missingCells } from './coverage-table.ts';
import { type FoundBug, findPlantedBugs } from './find-planted-bugs.ts';
import type { Violation } from './observer.ts';
import { runSeed } from './run-seed.ts';
import { runSeeds } from './run-seeds.ts';

const USAGE = `npm run simulate -- [--seeds N] [--from SEED] [--json] [--table] [--trace SEED] [--planted]

  --seeds N     how many seeds (100)
  --from SEED   the first of them (1)
  --json        one object: seeds, steps, faultsInjected, violations, …
  --table       how often each fault struck in each state of an order; from 2,000 seeds on a cell that was
                never reached is a failure
  --trace SEED  everything that happens in one seed
  --planted     which bugs, put in on purpose, are found by which seed`;

/** From so many seeds on every cell must have been reached. */
const TABLE_FROM = 2_000;
/** Each of the bugs is to be found by one of so many seeds. */
const PLANTED_SEEDS = 100;

function refuse(message: string): never {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(2);
}
const whole = (name: string, text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  return refuse(`--${name} must be a whole number, was "${text}"`);
};
const lineOf = ({ seed, step, invariant, message }: Violation): string =>
  `seed ${seed}, step ${step}: ${invariant}: ${message}\n  npm run simulate -- --trace ${seed}`;

function readArguments() {
  try {
    return parseArgs({
      options: {
        seeds: { type: 'string', default: '100' },
        from: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        table: { type: 'boolean', default: false },
        trace: { type: 'string' },
        planted: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return refuse(messageOf(error));
  }
}

const values = readArguments();
if (values.help) {
  console.log(USAGE);
} else if (values.trace !== undefined) {
  const result = await runSeed(whole('trace', values.trace), { trace: true });
  for (const line of result.lines) console.log(line);
  console.log(`seed ${result.seed}: ${result.steps} steps, ${result.faultsInjected} faults, trace hash ${result.hash}`);
  for (const violation of result.violations) console.log(lineOf(violation));
  process.exitCode = result.violations.length > 0 ? 1 : 0;
} else if (values.planted) {
  const lineOfBug = ({ name, seed, violation }: FoundBug): string =>
    `${name.padEnd(58)} ${seed === null ? 'NOT FOUND' : `seed ${seed}: ${violation}`}`;
  const found = await findPlantedBugs({ from: whole('from', values.from), seeds: PLANTED_SEEDS }, (bug) => {
    if (!values.json) console.log(lineOfBug(bug));
  });
  if (values.json) console.log(JSON.stringify(found));
  process.exitCode = found.every(({ seed }) => seed !== null) ? 0 : 1;
} else {
  const seeds = whole('seeds', values.seeds);
  const from = whole('from', values.from);
  let done = 0;
  const result = await runSeeds({ from, seeds }, ({ violations }) => {
    done += 1;
    if (values.json) return;
    for (const violation of violations.slice(0, 3)) console.log(lineOf(violation));
    if (done % 100 === 0) console.log(`${done} of ${seeds} seeds`);
  });
  const missing = seeds >= TABLE_FROM ? missingCells(result.coverage) : [];
  if (values.json) console.log(JSON.stringify({ ...result, missing }));
  else {
    if (values.table) console.log(coverageTable(result.coverage));
    for (const { kind, state } of missing) console.log(`never reached: ${kind} × ${state}`);
    const { steps, bars, faultsInjected, fewestFaults, orders, starts, violations, seconds } = result;
    console.log(
      `${seeds} seeds in ${seconds.toFixed(0)} s (${(seeds / seconds).toFixed(1)} a second): ${bars} bars, ${steps} steps, ${orders} orders, ${starts} starts of a trader, ${faultsInjected} faults (at least ${fewestFaults} a seed), ${violations.length} violations`,
    );
  }
  process.exitCode = result.violations.length > 0 || missing.length > 0 ? 1 : 0;
}
