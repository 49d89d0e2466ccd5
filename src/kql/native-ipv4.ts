import { isIPv4 } from 'node:net';
import { nativeRefusal } from './native-refusal';

/** `ipv4_range_to_cidr_list`: the fewest networks that together are a range of addresses, as a JSON array. */
export function cidrList(first: string, last: string): string {
  if (!isIPv4(first) || !isIPv4(last) || numberOf(first) > numberOf(last)) {
    throw nativeRefusal(`'ipv4_range_to_cidr_list' of what is no range of addresses`);
  }
  const networks: string[] = [];
  const end = numberOf(last);
  for (let start = numberOf(first); start <= end;) {
    let length = 32;
    while (
      length > 0 &&
      start % 2 ** (33 - length) === 0 &&
      start + 2 ** (33 - length) - 1 <= end
    ) {
      length -= 1;
    }
    networks.push(`${textOf(start)}/${length}`);
    start += 2 ** (32 - length);
  }
  return JSON.stringify(networks);
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.');
}
