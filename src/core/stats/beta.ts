/** Lanczos' coefficients with g = 607/128 as P. Godfrey computed them (2001); relative error about 1e-15. */
const LANCZOS = [
  0.9999999999999971, 57.15623566586292, -59.59796035547549, 14.136097974741746, -0.4919138160976202,
  3.399464998481189e-5, 4.652362892704858e-5, -9.837447530487956e-5, 0.0001580887032249125, -0.00021026444172410488,
  0.00021743961811521265, -0.0001643181065367639, 8.441822398385275e-5, -2.6190838401581408e-5, 3.6899182659531625e-6,
];
const G = 607 / 128;

/** Replaces 0 where Lentz's method must not divide by it. */
const TINY = 1e-300;
const MOST_TERMS = 10_000;

/**
 * Natural logarithm of the gamma function.
 * C. Lanczos, "A Precision Approximation of the Gamma Function", SIAM J. Numer. Anal. B 1 (1964), 86–96.
 * @param x above 0
 */
export function logGamma(x: number): number {
  const [first = 0, ...others] = LANCZOS;
  const series = others.reduce((sum, coefficient, index) => sum + coefficient / (x + index + 1), first);
  const shifted = x + G + 0.5;
  return (x + 0.5) * Math.log(shifted) - shifted + Math.log((Math.sqrt(2 * Math.PI) * series) / x);
}

/**
 * Regularised incomplete beta function I_x(a, b), from 0 to 1: the continued fraction of NIST DLMF 8.17.22, by Lentz's
 * method, on the side of the mean where it converges fast.
 * @param x from 0 to 1
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  const front = Math.exp(logFront);
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(x, a, b)) / a;
  return 1 - (front * betaFraction(1 - x, b, a)) / b;
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / apart(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    for (const term of [even, odd]) {
      d = 1 / apart(1 + term * d);
      c = apart(1 + term / c);
      value *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return value;
}

/** The number itself, kept from being 0. */
function apart(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
