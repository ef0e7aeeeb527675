import Big from 'big.js';
import { type PriceId, priceOf } from './aws-prices.ts';
import { HOURS_A_MONTH } from './cost-line.ts';

interface Part {
  readonly what: string;
  readonly price: PriceId;
  readonly usage: number;
}

interface Alternative {
  readonly name: string;
  readonly parts: readonly Part[];
}

const hours = (what: string, price: PriceId, count = 1): Part => ({ what, price, usage: count * HOURS_A_MONTH });

const alternatives: readonly Alternative[] = [
  {
    name: 'MLflow server that is always on, with a database (one Fargate task of 0.5 vCPU and 2 GB, db.t4g.micro with 20 GB, load balancer)',
    parts: [
      hours('task, processor', 'fargateVcpuArm', 0.5),
      hours('task, memory', 'fargateGbArm', 2),
      hours('database', 'rdsMicroHour'),
      { what: 'database, disk', price: 'rdsStorage', usage: 20 },
      hours('load balancer', 'loadBalancerHour'),
      // The load balancer's two and the task's own.
      hours('public addresses', 'publicAddress', 3),
    ],
  },
  {
    name: 'the same without a load balancer: reached through a tunnel only',
    parts: [
      hours('task, processor', 'fargateVcpuArm', 0.5),
      hours('task, memory', 'fargateGbArm', 2),
      hours('database', 'rdsMicroHour'),
      { what: 'database, disk', price: 'rdsStorage', usage: 20 },
      hours('public address', 'publicAddress'),
    ],
  },
  {
    name: 'SageMaker AI, managed MLflow tracking server, Small, always on',
    parts: [hours('server', 'managedMlflowHour')],
  },
  {
    name: 'SageMaker AI, serverless MLflow App',
    parts: [{ what: 'app', price: 'mlflowApp', usage: 1 }],
  },
];

const usdOf = ({ price, usage }: Part): Big =>
  new Big(priceOf(price).usd).times(new Big(usage)).div(priceOf(price).per);

/** What keeping models costs elsewhere; none of these trades, promotes or watches anything. */
export function mlflowAlternatives(): string {
  const rows = alternatives.map(({ name, parts }) => {
    const total = parts.reduce((sum, part) => sum.plus(usdOf(part)), new Big(0));
    const made = parts.map((part) => `${part.what} ${usdOf(part).toFixed(2)} (${part.price})`).join(', ');
    return `| ${name} | ${total.toFixed(2)} | ${made} |`;
  });
  return `What only the registry of models would cost elsewhere, always on. In Ares that part is a few writes, a few megabytes and nothing while idle; the rest of the bill above
is trading and watching, which none of these does. SageMaker's figures were read for eu-west-2, in another project's comparison that cites AWS; an MLflow App
has no charge of its own there, and its stored data is charged for.

| alternative | USD a month | made of |
|---|---|---|
${rows.join('\n')}`;
}
