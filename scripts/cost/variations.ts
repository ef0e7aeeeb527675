import Big from 'big.js';
import { type PriceId, priceOf } from './aws-prices.ts';
import { HOURS_A_MONTH, SECONDS_A_MONTH } from './cost-line.ts';
import type { Deployment } from './deployment.ts';
import { operations } from './operations.ts';

const usd = (id: PriceId, usage: number): Big => new Big(priceOf(id).usd).times(usage).div(priceOf(id).per);
const signed = (amount: Big): string => `${amount.lt(0) ? '−' : '+'}${amount.abs().toFixed(2)}`;

/** What one slot's bill gains or loses with another configuration. */
export function variations({ leaseTtlMs }: Deployment): string {
  const renewals = (ttlMs: number) => (SECONDS_A_MONTH * 1_000 * 3 * operations.renewLease.writeUnits) / ttlMs;
  const longer = usd('dynamoWrite', renewals(2 * leaseTtlMs)).minus(usd('dynamoWrite', renewals(leaseTtlMs)));
  const instance = usd('t4gNano', HOURS_A_MONTH).plus(usd('gp3', 8));
  const rows: readonly (readonly [string, Big])[] = [
    ['`egress` `static` through a NAT instance: the trader’s own address becomes the instance’s', instance],
    ['`egress` `static` through a NAT gateway, without what passes through it', usd('natGatewayHour', HOURS_A_MONTH)],
    ['`platform` `x64`: a trader of 0.25 vCPU and 0.5 GB', x64()],
    [`a lease twice as long (${(2 * leaseTtlMs) / 1_000} s): a vanished trader is followed so much later`, longer],
    ['each alarm metric fewer, beyond the ten that are free', usd('alarm', -1)],
    ['each custom metric fewer, beyond the ten that are free', usd('customMetric', -1)],
    ['no dashboard, for an account whose three free ones are taken', usd('dashboard', -1)],
  ];
  return ['| change | USD a month |', '|---|---|', ...rows.map(([what, by]) => `| ${what} | ${signed(by)} |`)].join(
    '\n',
  );
}

const x64 = (): Big =>
  usd('fargateVcpuX86', HOURS_A_MONTH / 4)
    .plus(usd('fargateGbX86', HOURS_A_MONTH / 2))
    .minus(usd('fargateVcpuArm', HOURS_A_MONTH / 4))
    .minus(usd('fargateGbArm', HOURS_A_MONTH / 2));
