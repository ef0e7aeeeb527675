import { AresError } from '../ares-error.ts';

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

function parseV4(text: string): Address | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  if (bytes.some((byte) => byte > 255)) return undefined;
  return { bits: 32, value: bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n) };
}

function parseV6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = [...(left ?? []), ...(right ?? [])];
  if (given.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const missing = 8 - given.length;
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...(left ?? []), ...Array<string>(missing).fill('0'), ...(right ?? [])];
  return { bits: 128, value: groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n) };
}

const parseAddress = (text: string): Address | undefined => parseV4(text) ?? parseV6(text);

/**
 * Whether a text is an IP address in a range. Ranges of one single address are refused, as EventBridge refuses them.
 *
 * An IPv4 range holds no IPv6 address and the other way round; AWS's Event Ruler compares their bytes as text there.
 *
 * @throws AresError `PATTERN_INVALID`
 */
export function compileCidr(cidr: string): (text: string) => boolean {
  const [, host, length] = /^([^/]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const network = host === undefined ? undefined : parseAddress(host);
  if (network === undefined || Number(length) >= network.bits) {
    throw new AresError(
      'PATTERN_INVALID',
      `cidr must be an address, a slash and a mask of less than 32 bits (IPv6: 128), was "${cidr}"`,
      { cidr },
    );
  }
  const shift = BigInt(network.bits - Number(length));
  const prefix = network.value >> shift;
  return (text) => {
    const address = parseAddress(text);
    return address !== undefined && address.bits === network.bits && address.value >> shift === prefix;
  };
}
