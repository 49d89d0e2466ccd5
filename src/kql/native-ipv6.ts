import { isIPv4, isIPv6 } from 'node:net';
import { nativeRefusal } from './native-refusal';

/** An address of 128 bits with the number of leading bits that count. */
interface Network {
  readonly address: bigint;
  readonly length: number;
  /** Whether it is written as IPv4 wholly. */
  readonly isIpv4: boolean;
  /** Whether it ends in IPv4 notation: `::10.0.0.1`. */
  readonly hasIpv4Tail: boolean;
}

const BITS = 128;
const MAPPED = 0xffff_0000_0000n;

/** The canonical text of an IPv6 or IPv4 address under its own and a given prefix length; null when it is none. */
export function formatIpv6(text: string, prefix: string): string | null {
  // A zone is dropped; what it does beside a prefix length, or in comparisons, is not known here.
  const network = parse(text.replace(/^([\da-f:.]+)%[\w.-]+$/i, '$1'));
  if (network === undefined || !isLength(prefix, BITS)) return null;
  const length = Math.min(network.length, Number(prefix));
  const digits = (masked(network.address, length) << (128n - BigInt(length)))
    .toString(16)
    .padStart(32, '0');
  return (digits.match(/.{4}/g) ?? []).join(':');
}

/** `-1`, `0` or `1` as the first address, under the shortest of the prefixes, is less, equal or greater. */
export function ipv6Compare(left: string, right: string, prefix: string): string | null {
  const [a, b] = [parse(left), parse(right)];
  if (a === undefined || b === undefined || !isLength(prefix, BITS)) return null;
  const given = Number(prefix);
  if (a.isIpv4 && b.isIpv4 && given < BITS) {
    // Whether such a length counts the 32 bits or all 128 is told only where both say the same.
    const length = Math.min(a.length - 96, b.length - 96, given) + 96;
    if (order(a, b, length) !== 0) {
      throw nativeRefusal('comparing IPv4 addresses as IPv6 under a prefix length');
    }
    return '0';
  }
  return String(order(asMapped(a), asMapped(b), Math.min(a.length, b.length, given)));
}

/** `true` or `false`: whether an address is in a range; null when either cannot be read. */
export function ipv6InRange(address: string, range: string): string | null {
  const [a, b] = [parse(address), parse(range)];
  if (a === undefined || b === undefined) return null;
  if (a.isIpv4 !== b.isIpv4 || a.hasIpv4Tail || b.hasIpv4Tail || a.length < b.length) {
    throw nativeRefusal('an IPv6 range with an address of another kind');
  }
  return String(order(a, b, b.length) === 0);
}

function order(a: Network, b: Network, length: number): -1 | 0 | 1 {
  const [left, right] = [masked(a.address, length), masked(b.address, length)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function masked(address: bigint, length: number): bigint {
  return address >> BigInt(BITS - length);
}

/** In comparisons `::10.0.0.1` is the IPv4 address, as `10.0.0.1` is. */
function asMapped(network: Network): Network {
  return network.hasIpv4Tail && network.address >> 32n === 0n
    ? { ...network, address: network.address | MAPPED }
    : network;
}

function parse(text: string): Network | undefined {
  const plain = text.trim().replace(/%[^/]*/, '');
  if (plain === text) return parsePlain(text);
  if (parsePlain(plain) === undefined) return undefined;
  throw nativeRefusal('an IPv6 address with a zone or blanks around it');
}

function parsePlain(text: string): Network | undefined {
  const [address = '', length, ...more] = text.split('/');
  const isDotted = address.includes('.');
  const most = isDotted ? 32 : BITS;
  if (more.length > 0 || (length !== undefined && !isLength(length, most))) return undefined;
  const bits = Number(length ?? most) + BITS - most;
  if (isIPv4(address)) {
    return { address: MAPPED | ipv4Bits(address), length: bits, isIpv4: true, hasIpv4Tail: false };
  }
  if (!isIPv6(address)) return undefined;
  return { address: ipv6Bits(address), length: bits, isIpv4: false, hasIpv4Tail: isDotted };
}

function isLength(text: string, most: number): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) <= most;
}

function ipv4Bits(address: string): bigint {
  return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function ipv6Bits(address: string): bigint {
  const hex = address.replace(/[\d.]+$/, (tail) => {
    if (!tail.includes('.')) return tail;
    const digits = ipv4Bits(tail).toString(16).padStart(8, '0');
    return `${digits.slice(0, 4)}:${digits.slice(4)}`;
  });
  const [before = '', after] = hex.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [head, tail] = [groups(before), groups(after ?? '')];
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].reduce(
    (sum, group) => sum * 65_536n + BigInt(`0x${group}`),
    0n,
  );
}
