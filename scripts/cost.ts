/**
 * Computes what a month costs from synthesised templates, a price table and a stated load, and writes docs/cost.md.
 *
 * node --conditions=local scripts/cost.ts [--check]        all sizes and loads, into docs/cost.md
 * node --conditions=local scripts/cost.ts --templates DIR  what `cdk synth` wrote to DIR, on standard output
 */
import { parseArgs } from 'node:util';
import { messageOf } from '../src/core/ares-error.ts';
import { billOf } from './cost/bill.ts';
import { deploymentOf } from './cost/deployment.ts';
import { type Load, loadOf, loads } from './cost/load.ts';
import { costReport, costSummary, type Variant } from './cost/report.ts';
import { standingCosts } from './cost/standing-costs.ts';
import { synthesise } from './cost/synthesise.ts';
import { type Resource, readTemplates } from './cost/template.ts';
import { usageCosts } from './cost/usage-costs.ts';
import { writeGenerated } from './write-generated.ts';

const SIZES = ['economy', 'low-latency'] as const;

function variantOf(size: string, resources: readonly Resource[], load?: Load): Variant {
  const deployment = deploymentOf(resources);
  const standing = standingCosts(resources);
  const expected = load ?? loadOf(deployment.traders);
  const bill = billOf([...standing.lines, ...usageCosts(deployment, expected)]);
  return { size, load: expected, deployment, bill, notPriced: standing.notPriced };
}

try {
  const { values } = parseArgs({ options: { templates: { type: 'string' }, check: { type: 'boolean' } } });
  if (values.templates === undefined) {
    const variants = SIZES.flatMap((size) => loads.map((load) => variantOf(size, synthesise(size, load.slots), load)));
    writeGenerated('docs/cost.md', costReport(variants));
    process.stdout.write(`${costSummary(variants)}\n`);
  } else {
    const variant = variantOf('as synthesised', readTemplates(values.templates));
    process.stdout.write(`${costReport([variant])}\n`);
  }
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 2;
}
