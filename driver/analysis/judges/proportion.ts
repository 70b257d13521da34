import { type Estimate } from "../model";

/**
 * Bounds of a proportion that hold at every look together: the values that the beta-binomial mixture of Robbins (1970)
 * has never excluded (Howard et al. 2021, section 4.2). With a uniform prior, a value p stays while
 *
 *     B(1 + hits, 1 + misses) / (p^hits (1 − p)^misses) < 1 / level.
 */
export function proportionBounds(hits: number, trials: number, level: number): Estimate {
  if (trials === 0) return { value: 0, low: 0, high: 1 };
  const misses = trials - hits;
  const value = hits / trials;
  const limit = logBeta(1 + hits, 1 + misses) + Math.log(level);
  const inside = (p: number): boolean => xlogy(hits, p) + xlogy(misses, 1 - p) > limit;
  return { value, low: boundary(value, 0, inside), high: boundary(value, 1, inside) };
}

/** Where `inside` ends between a point that is inside and `end`; the likelihood falls towards both ends. */
function boundary(within: number, end: number, inside: (p: number) => boolean): number {
  if (inside(end)) return end;
  let [near, far] = [within, end];
  for (let step = 0; step < 50; step += 1) {
    const middle = (near + far) / 2;
    if (inside(middle)) near = middle;
    else far = middle;
  }
  return far;
}

function xlogy(x: number, y: number): number {
  return x === 0 ? 0 : x * Math.log(y);
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** Stirling's series, shifted to where it is exact to a double: https://dlmf.nist.gov/5.11#i */
export function logGamma(x: number): number {
  let [at, shift] = [x, 0];
  while (at < 10) {
    shift += Math.log(at);
    at += 1;
  }
  const inverse = 1 / (at * at);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / at;
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
