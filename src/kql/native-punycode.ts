import { nativeRefusal } from './native-refusal';

/** Punycode of labels (RFC 3492), as Kusto has it: without `xn--`, and letters keep their case. */

/** Names in the DNS have 63 signs at most; the work grows with the square of the length. */
const LONGEST_LABEL = 1000;
const BASE = 36;
const SMALLEST = 1;
const LARGEST = 26;

/** Punycode of a label (RFC 3492), without `xn--`; a label of ASCII alone is not known here. */
export function punycodeEncode(text: string): string {
  if (text.length > LONGEST_LABEL) throw nativeRefusal('punycode of so long a text');
  const points = Array.from(text, (sign) => sign.codePointAt(0) ?? 0);
  const basic = points.filter((point) => point < 128);
  if (basic.length === points.length) throw nativeRefusal('punycode of ASCII');
  const state = { next: 128, bias: 72, delta: 0, done: basic.length };
  let output = basic.length === 0 ? '' : `${String.fromCodePoint(...basic)}-`;
  while (state.done < points.length) {
    const point = Math.min(...points.filter((other) => other >= state.next));
    state.delta += (point - state.next) * (state.done + 1);
    for (const other of points) {
      if (other < point) state.delta += 1;
      if (other !== point) continue;
      output += digitsOf(state.delta, state.bias);
      state.bias = adapt(state.delta, state.done + 1, state.done === basic.length);
      state.delta = 0;
      state.done += 1;
    }
    state.delta += 1;
    state.next = point + 1;
  }
  return output;
}

/** The label that punycode stands for. */
export function punycodeDecode(text: string): string {
  if (text.length > LONGEST_LABEL) throw nativeRefusal('punycode of so long a text');
  const end = Math.max(0, text.lastIndexOf('-'));
  const points = Array.from(text.slice(0, end), (sign) => sign.codePointAt(0) ?? 0);
  const state = { point: 128, index: 0, bias: 72, at: end === 0 ? 0 : end + 1 };
  if (state.at === text.length) throw nativeRefusal('this punycode');
  while (state.at < text.length) {
    const before = state.index;
    readDigits(text, state);
    state.bias = adapt(state.index - before, points.length + 1, before === 0);
    state.point += Math.floor(state.index / (points.length + 1));
    state.index %= points.length + 1;
    if (state.point > 0x10ffff) throw nativeRefusal('this punycode');
    points.splice(state.index, 0, state.point);
    state.index += 1;
  }
  return String.fromCodePoint(...points);
}

/** A domain with its labels beyond ASCII in punycode; `。` and its like are dots too. */
export function punycodeDomainEncode(domain: string): string {
  const labels = domain.split(/[.\u3002\uff0e\uff61]/);
  const isPlain = (label: string): boolean => /^[\0-\x7f]*$/.test(label);
  return labels.map((label) => (isPlain(label) ? label : `xn--${punycodeEncode(label)}`)).join('.');
}

/** The domain whose labels beyond ASCII are given in punycode. */
export function punycodeDomainDecode(domain: string): string {
  const labels = domain.split('.');
  if (labels.some((label) => /^xn--/i.test(label) && !label.startsWith('xn--'))) {
    throw nativeRefusal('this punycode');
  }
  return labels
    .map((label) => (label.startsWith('xn--') ? punycodeDecode(label.slice(4)) : label))
    .join('.');
}

function readDigits(text: string, state: { index: number; bias: number; at: number }): void {
  let weight = 1;
  for (let k = BASE; ; k += BASE) {
    const digit = '0123456789abcdefghijklmnopqrstuvwxyz'.indexOf(
      text.charAt(state.at).toLowerCase(),
    );
    if (state.at >= text.length || digit === -1) throw nativeRefusal('this punycode');
    const value = digit < 10 ? digit + 26 : digit - 10;
    state.at += 1;
    state.index += value * weight;
    const threshold = Math.min(LARGEST, Math.max(SMALLEST, k - state.bias));
    if (value < threshold) return;
    weight *= BASE - threshold;
  }
}

function digitsOf(delta: number, bias: number): string {
  const digit = (value: number): string =>
    String.fromCharCode(value < 26 ? 97 + value : 22 + value);
  let output = '';
  let rest = delta;
  for (let k = BASE; ; k += BASE) {
    const threshold = Math.min(LARGEST, Math.max(SMALLEST, k - bias));
    if (rest < threshold) return output + digit(rest);
    output += digit(threshold + ((rest - threshold) % (BASE - threshold)));
    rest = Math.floor((rest - threshold) / (BASE - threshold));
  }
}

function adapt(delta: number, length: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? 700 : 2));
  rest += Math.floor(rest / length);
  let k = 0;
  while (rest > ((BASE - SMALLEST) * LARGEST) / 2) {
    rest = Math.floor(rest / (BASE - SMALLEST));
    k += BASE;
  }
  return k + Math.floor(((BASE - SMALLEST + 1) * rest) / (rest + 38));
}
