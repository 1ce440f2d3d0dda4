/**
 * Step of the integral after the substitution, and the maximum number of steps; the remainder is below 1e-8 of the
 * probability.
 */
const STEP = 0.12;
const MOST_STEPS = 400;
/** A smaller factor of the integrand no longer changes the integral. */
const NEGLIGIBLE = 1e-18;
/** The contour keeps this many standard deviations away from the pole at 0. */
const LEAST_DISTANCE = 0.7;
const NEWTON_STEPS = 60;
const NEAR_SADDLE = 0.01;
/**
 * Values whose factor has not turned within this many scales of the contour count as small, and how much they bend it.
 */
const FAR = 100;
const BEND_BY = 3;
const MOST_BEND = 0.4;

/**
 * Probability that a sum of independent gamma variables of scale 1, each times its own value, is at most 0. A mean with
 * Dirichlet weights is below m with the same probability as such a sum of the values minus m.
 *
 * The moment generating function is inverted along a hyperbola through its saddle point (H. E. Daniels, "Saddlepoint
 * Approximations in Statistics", Ann. Math. Statist. 25 (1954), 631–650) by the trapezoidal rule, to about eight
 * digits.
 * @param values finite
 * @param shapes of the gamma variables, above 0, as many as `values`; 1 for an exponential variable
 * @returns from 0 to 1
 */
export function gammaSumTail(values: Float64Array, shapes: Float64Array): number {
  let [least, most] = [0, 0];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (most === 0) return 1;
  if (least === 0) return 0;
  const largest = Math.max(most, -least);
  const scaled = values.map((value) => value / largest);
  let [mean, squares] = [0, 0];
  for (const [index, value] of scaled.entries()) {
    const shape = shapes[index] ?? 0;
    mean += shape * value;
    squares += shape * value * value;
  }
  const nearest = -LEAST_DISTANCE / Math.sqrt(squares);
  // The integral gives the tail without the mean, which is the smaller one, with all its digits.
  if (mean >= 0) return lowerTail({ values: scaled, shapes, pole: largest / least, nearest });
  const mirrored = scaled.map((value) => -value);
  return 1 - lowerTail({ values: mirrored, shapes, pole: -largest / most, nearest });
}

/** A sum with a mean of 0 or more. */
interface Sum {
  readonly values: Float64Array;
  readonly shapes: Float64Array;
  /** Below 0: where the moment generating function ends. */
  readonly pole: number;
  /** Below 0: the contour does not cross closer to 0. */
  readonly nearest: number;
}

function lowerTail(sum: Sum): number {
  const { values, shapes } = sum;
  const saddle = Math.min(saddlePoint(sum), sum.nearest);
  const tilted = new Float64Array(values.length);
  let [log, curvature] = [0, 0];
  for (const [index, value] of values.entries()) {
    const [shape, rest] = [shapes[index] ?? 0, 1 - saddle * value];
    log -= shape * Math.log(rest);
    tilted[index] = value / rest;
    curvature += shape * (value / rest) ** 2;
  }
  const scale = 1 / Math.sqrt(curvature);
  const contour = { tilted, shapes, saddle, scale };
  const integral = integrate(contour, bendOf(contour)) ?? integrate(contour, 0) ?? 0;
  return Math.min(1, Math.max(0, (Math.exp(log) * integral) / Math.PI));
}

/** The zero of the derivative of the log moment generating function, between its end and 0. */
function saddlePoint({ values, shapes, pole }: Sum): number {
  let [low, high, at] = [pole, 0, 0];
  for (let step = 0; step < NEWTON_STEPS; step++) {
    let [slope, curvature] = [0, 0];
    for (let index = 0; index < values.length; index++) {
      const shape = shapes[index] ?? 0;
      const value = values[index] ?? 0;
      const ratio = value / (1 - at * value);
      slope += shape * ratio;
      curvature += shape * ratio * ratio;
    }
    // Any nearby point gives the same integral.
    if (Math.abs(slope) <= NEAR_SADDLE * Math.sqrt(curvature)) break;
    if (slope > 0) high = at;
    else low = at;
    const next = at - slope / curvature;
    at = next > low && next < high ? next : (low + high) / 2;
  }
  return at;
}

/** The moment generating function around its saddle point. */
interface Contour {
  /** Values with the weight that remains after tilting to the saddle point. */
  readonly tilted: Float64Array;
  readonly shapes: Float64Array;
  readonly saddle: number;
  /** Distance over which the function decays, if it does so like a normal one. */
  readonly scale: number;
}

/**
 * How far the hyperbola opens to the right; 0 is a straight line. Many small values make the integrand oscillate long
 * after a few large ones have stopped its decay, unless it bends to the side on which the small ones make it decay.
 */
function bendOf({ tilted, shapes, scale }: Contour): number {
  let drift = 0;
  for (const [index, value] of tilted.entries()) {
    drift += ((shapes[index] ?? 0) * value) / (1 + (FAR * scale * value) ** 2);
  }
  return Math.max(-MOST_BEND, Math.min(MOST_BEND, -BEND_BY * scale * drift));
}

/** Integral of the function by its argument over the contour's upper half; null if the function grows along it. */
function integrate(contour: Contour, bend: number): number | null {
  const { saddle, scale } = contour;
  let sum = 0.5 / -saddle;
  for (let step = 1; step <= MOST_STEPS; step++) {
    const [sinh, cosh] = [Math.sinh(step * STEP), Math.cosh(step * STEP)];
    const [right, up] = [scale * bend * (cosh - 1), scale * sinh];
    const { size, angle } = tiltedFunction(contour, right, up);
    if (size > 1) return null;
    if (size < NEGLIGIBLE) break;
    // The imaginary part of -size e^(i angle) (bend sinh + i cosh) / (saddle + right + i up).
    const real = saddle + right;
    const [across, along] = [bend * sinh * real + cosh * up, cosh * real - bend * sinh * up];
    sum -= (size * (across * Math.sin(angle) + along * Math.cos(angle))) / (real * real + up * up);
  }
  return scale * STEP * sum;
}

/** Size and angle of the function at a distance from the saddle point, where it is 1. */
function tiltedFunction(
  { tilted, shapes }: Contour,
  right: number,
  up: number,
): { readonly size: number; readonly angle: number } {
  let [real, imaginary, log, angle] = [1, 0, 0, 0];
  // The innermost loop: an iterator over entries would dominate its time.
  for (let index = 0; index < tilted.length; index++) {
    const shape = shapes[index] ?? 0;
    const value = tilted[index] ?? 0;
    const a = 1 - right * value;
    const b = -up * value;
    if (shape !== 1) {
      log += (shape * Math.log(a * a + b * b)) / 2;
      angle += shape * Math.atan2(b, a);
      continue;
    }
    // Most shapes are 1, and multiplying is much faster than adding logarithms.
    const next = real * a - imaginary * b;
    imaginary = real * b + imaginary * a;
    real = next;
    const size = Math.abs(real) + Math.abs(imaginary);
    if (size > 1 / NEGLIGIBLE || size < NEGLIGIBLE) {
      log += Math.log(Math.hypot(real, imaginary));
      angle += Math.atan2(imaginary, real);
      [real, imaginary] = [1, 0];
    }
  }
  return { size: Math.exp(-log) / Math.hypot(real, imaginary), angle: -angle - Math.atan2(imaginary, real) };
}
