import { parseArgs } from 'node:util';
import * as z from 'zod';
import { AresError } from '../src/core/ares-error.ts';
import { backtest } from './backtest.ts';
import type { Bench } from './bench.ts';
import { decisionLatency } from './decision-latency.ts';
import { hotSwap } from './hot-swap.ts';
import { inferenceOverhead } from './inference-overhead.ts';
import { ledgerCost } from './ledger-cost.ts';
import { registry } from './registry.ts';
import { soak } from './soak.ts';

const benches: Readonly<Record<string, Bench>> = {
  backtest,
  'decision-latency': decisionLatency,
  'hot-swap': hotSwap,
  'inference-overhead': inferenceOverhead,
  'ledger-cost': ledgerCost,
  registry,
  soak,
};

const whole = z.coerce.number({ error: 'must be a whole number' }).int().min(1, 'must be a whole number from 1');
const share = z.coerce.number({ error: 'must be a number' }).gt(0, 'must be above 0').max(64, 'must be at most 64');
const optionsSchema = z.object({ runs: whole.default(3), samples: whole.default(2_000), cpu: share.optional() });

const HELP = `npm run bench -- NAME [--json] [--peers] [--cpu SHARE] [--runs N] [--samples N]

  --json     one JSON object in place of a table
  --peers    also installs the peers of ARES_PEERS (once, minutes) and runs them in the same call
  --cpu      share of a core for the trader's process: 0.25 as the economy size has it, 1 as the low-latency one (Linux, root)
  --runs     repeats, 3 unless told; figures are medians over them
  --samples  orders all runs together aim at, 2000 unless told

Benches:
${Object.entries(benches)
  .map(([name, { promise }]) => `  ${name}  ${promise}`)
  .join('\n')}
`;

function refuse(message: string): never {
  throw new AresError('OPTIONS_INVALID', message);
}

function readArguments(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: flag, peers: flag, help: flag, runs: text, samples: text, cpu: text },
    });
    const { runs, samples, cpu } = optionsSchema.parse(values);
    const { json, peers, help } = values;
    return { names: positionals, json, peers, help, runs, samples, ...(cpu === undefined ? {} : { cpu }) };
  } catch (error) {
    if (error instanceof z.ZodError) {
      return refuse(error.issues.map(({ path, message }) => `--${path.join('.')} ${message}`).join('; '));
    }
    return refuse((error as Error).message);
  }
}

async function main(): Promise<void> {
  const { names, json, help, ...options } = readArguments(process.argv.slice(2));
  if (help || names.length === 0) {
    process.stdout.write(HELP);
    return;
  }
  const [name] = names as [string];
  const bench = names.length === 1 ? benches[name] : undefined;
  if (!bench) {
    refuse(`a bench must be one of those there are (${Object.keys(benches).join(', ')}), was "${names.join(' ')}"`);
  }
  const { result, table } = await bench.run({ ...options, say: (line) => process.stderr.write(`${line}\n`) });
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${table}\n`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof AresError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
