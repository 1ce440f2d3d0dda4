/** Coefficients of one of Wichura's three rational approximations, constant term first. */
interface Ratio {
  readonly above: readonly number[];
  readonly below: readonly number[];
}

const CENTRE: Ratio = {
  above: [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227,
  ],
  below: [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
};

const SHOULDER: Ratio = {
  above: [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  below: [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
};

const TAIL: Ratio = {
  above: [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  below: [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5,
    1.421511758316446e-7, 2.0442631033899397e-15,
  ],
};

/**
 * Quantile of the standard normal distribution at probability `p`. M. J. Wichura, "Algorithm AS 241: The Percentage
 * Points of the Normal Distribution", Applied Statistics 37 (1988), 477–484, PPND16: about sixteen digits.
 * @param p above 0 and below 1; infinite at 0 and 1, NaN outside
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  const fromCentre = p - 0.5;
  if (Math.abs(fromCentre) <= 0.425) {
    return fromCentre * evaluate(CENTRE, 0.180625 - fromCentre * fromCentre);
  }
  const tail = Math.min(p, 1 - p);
  if (tail === 0) return p === 0 ? -Infinity : Infinity;
  const depth = Math.sqrt(-Math.log(tail));
  const size = depth <= 5 ? evaluate(SHOULDER, depth - 1.6) : evaluate(TAIL, depth - 5);
  return fromCentre < 0 ? -size : size;
}

/** From here on the continued fraction converges fast, and below the series does not cancel much. */
const FRACTION_FROM = 3;
const FRACTION_TERMS = 100;

/**
 * Probability that a standard normal variable exceeds `z`; about thirteen digits.
 * M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 26.2.11 (series) and 26.2.14 (fraction).
 * @returns from 0 to 1
 */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z >= FRACTION_FROM) {
    let fraction = z;
    for (let k = FRACTION_TERMS; k > 0; k--) fraction = z + k / fraction;
    return density / fraction;
  }
  let term = z;
  let sum = z;
  for (let odd = 3; term > Number.EPSILON * sum; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return 0.5 - density * sum;
}

function evaluate({ above, below }: Ratio, at: number): number {
  return horner(above, at) / horner(below, at);
}

function horner(coefficients: readonly number[], at: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * at + coefficient, 0);
}
