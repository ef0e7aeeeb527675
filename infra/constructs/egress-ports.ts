import type { StageConfig } from '../../src/compose/stage-config.ts';

const HTTPS = 443;

/** Where an exchange's own market stream listens besides 443. */
const STREAM_PORT: Readonly<Record<StageConfig['exchange']['id'], number>> = { binance: 9443 };

const portOf = (address: string): number => {
  const { port, protocol } = new URL(address);
  return port ? Number(port) : protocol === 'http:' || protocol === 'ws:' ? 80 : HTTPS;
};

/** The TCP ports the trader needs to reach: AWS by 443, and the stage's exchange by its own; in ascending order. */
export function egressPorts({ id, url, wsUrl }: StageConfig['exchange']): readonly number[] {
  const exchange = [url, wsUrl].filter((address) => address !== undefined).map(portOf);
  // With an address of its own the exchange's usual ports are not used.
  return [...new Set([HTTPS, ...(url ? exchange : [...exchange, STREAM_PORT[id]])])].sort((a, b) => a - b);
}
