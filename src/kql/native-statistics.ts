/** Distributions that SQL does not have. Numbers come and go as text; what has no value is `nan`. */
import { nativeRefusal } from './native-refusal';

/** A number in DuckDB's text. */
function read(text: string): number {
  if (text === 'inf') return Infinity;
  return text === '-inf' ? -Infinity : Number(text);
}

function written(value: number): string {
  return Number.isNaN(value) ? 'nan' : String(value);
}

/** The error function, by its series near zero and the continued fraction of its complement elsewhere. */
function erf(x: number): number {
  return Math.abs(x) < 2 ? erfSeries(x) : Math.sign(x) * (1 - erfcTail(Math.abs(x)));
}

function erfc(x: number): number {
  if (Math.abs(x) < 2) return 1 - erfSeries(x);
  return x > 0 ? erfcTail(x) : 2 - erfcTail(-x);
}

function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n += 1) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** `erfc` from 2 on (Abramowitz and Stegun 7.1.14, from its far end). */
function erfcTail(x: number): number {
  let fraction = x;
  for (let k = 120; k >= 1; k -= 1) fraction = x + k / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}

/** Lanczos’ approximation of the logarithm of the gamma function, for positive numbers. */
function logGamma(x: number): number {
  const coefficients = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
    -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
    1.5056327351493116e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const sum = coefficients.reduce((all, c, i) => (i === 0 ? c : all + c / (x - 1 + i)), 0);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** The regularized incomplete beta function, by its continued fraction (Lentz’ way). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front =
    Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) /
    a;
  const tiny = 1e-300;
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 1000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return front * fraction;
}

/** The shapes; the first may be negative, because what Kusto makes of that is known. */
function shapes(name: string, alpha: string, beta: string): [number, number] {
  const [a, b] = [read(alpha), read(beta)];
  if (a !== 0 && b > 0 && a < 1e5 && b < 1e5) return [a, b];
  throw nativeRefusal(`'${name}' with such shapes`);
}

/** `beta_cdf`; outside of 0 to 1 there is no value. */
function betaCdf(x: string, alpha: string, beta: string): string {
  const [a, b] = shapes('beta_cdf', alpha, beta);
  const at = read(x);
  if (!(at >= 0 && at <= 1)) return written(NaN);
  if (a > 0) return written(incompleteBeta(at, a, b));
  // The documentation says NaN; the engine says 1, which is the limit for a negative whole number.
  if (Number.isInteger(a) && b > -a && at > 0) return written(1);
  throw nativeRefusal(`'beta_cdf' with such shapes`);
}

/** `beta_pdf`; outside of 0 to 1 there is no value. */
function betaPdf(x: string, alpha: string, beta: string): string {
  const [a, b] = shapes('beta_pdf', alpha, beta);
  const at = read(x);
  if (!(at >= 0 && at <= 1) || a < 0) return written(NaN);
  if (at === 0 || at === 1) throw nativeRefusal(`'beta_pdf' of 0 or 1`);
  const logarithm = logGamma(a + b) - logGamma(a) - logGamma(b);
  return written(Math.exp(logarithm + (a - 1) * Math.log(at) + (b - 1) * Math.log1p(-at)));
}

/** `beta_inv`, by halving; null outside of 0 to 1. */
function betaInv(p: string, alpha: string, beta: string): string | null {
  const [a, b] = shapes('beta_inv', alpha, beta);
  const wanted = read(p);
  if (!(wanted >= 0 && wanted <= 1)) return null;
  if (a < 0) return written(NaN);
  let [low, high] = [0, 1];
  for (let i = 0; i < 200 && low < high; i += 1) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (incompleteBeta(middle, a, b) < wanted) low = middle;
    else high = middle;
  }
  return written(high);
}

/** `welch_test`: how likely two samples of such means, variances and sizes are if their means are equal. */
function welchTest(...texts: string[]): string {
  const [m1 = 0, v1 = 0, n1 = 0, m2 = 0, v2 = 0, n2 = 0] = texts.map(read);
  if (!(n1 > 1 && n2 > 1 && v1 > 0 && v2 > 0)) {
    throw nativeRefusal(`'welch_test' of samples that are too small or do not vary`);
  }
  const [s1, s2] = [v1 / n1, v2 / n2];
  const t = (m1 - m2) / Math.sqrt(s1 + s2);
  const freedom = (s1 + s2) ** 2 / (s1 ** 2 / (n1 - 1) + s2 ** 2 / (n2 - 1));
  return written(incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5));
}

/** By the name of the function in KQL. */
export const STATISTICS_FUNCTIONS = {
  erf: (x: string): string => written(erf(read(x))),
  erfc: (x: string): string => written(erfc(read(x))),
  beta_cdf: betaCdf,
  beta_pdf: betaPdf,
  beta_inv: betaInv,
  welch_test: (m1: string, v1: string, n1: string, m2: string, v2: string, n2: string): string =>
    welchTest(m1, v1, n1, m2, v2, n2),
};
