/** Samples that come as numbers instead of a file: made finite, and brought to full scale 1. */
import { TimeSlice } from "../async/time_slice.ts";
import { AudioDecodeError } from "../errors.ts";

/** Samples looked at between two chances for the event loop. */
const STEP = 262144;
/** No sound of full scale 1 reaches this, 30 dB above it: such samples are integers that were not scaled. */
const MOST = 32;
/** The full scales of integers that floating point is made of, and how programs call them. */
const INTEGER_SCALES = [[2 ** 15, "16-bit"], [2 ** 23, "24-bit"], [2 ** 31, "32-bit"]] as const;

/**
 * Copies samples at once, so that whoever gave them may write to them while they are worked on: 4 bytes a sample, 2 MB
 * for a window. Values that are not finite become 0, and samples far beyond full scale are divided, each with a warning.
 *
 * @throws {AudioDecodeError} when there are none.
 */
export async function checkSamples(
  samples: Float32Array,
  options: { readonly signal?: AbortSignal; readonly onWarning?: (message: string) => void } = {},
): Promise<Float32Array<ArrayBuffer>> {
  refuseNone(samples);
  const checked = samples.slice();
  const slice = new TimeSlice(options.signal);
  let peak = 0, silenced = 0;
  for (let start = 0; start < checked.length; start += STEP) {
    const end = Math.min(start + STEP, checked.length);
    const found = peakOf(checked, start, end);
    if (Number.isNaN(found)) {
      for (let i = start; i < end; i++) {
        if (Number.isFinite(checked[i])) continue;
        checked[i] = 0;
        silenced++;
      }
    }
    peak = Math.max(peak, peakOf(checked, start, end));
    await slice.pause();
  }
  if (silenced > 0) {
    options.onWarning?.(
      `${silenced} of ${checked.length} audio samples are no finite numbers: they are taken for silence`,
    );
  }
  if (peak <= MOST) return checked;
  const [scale, name] = INTEGER_SCALES.find(([scale]) => peak <= 2 * scale) ?? INTEGER_SCALES[2];
  options.onWarning?.(
    `The audio samples reach ${Math.round(peak)}: they are taken for ${name} ones and divided by ${scale}. ` +
      "Full scale of a Float32Array is 1",
  );
  return await scaled(checked, scale, slice);
}

/**
 * Gives 16-bit samples, copied at once, as floating point, full scale being 1.
 *
 * @throws {AudioDecodeError} when there are none.
 */
export async function scaleSamples(
  samples: Int16Array,
  signal?: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  refuseNone(samples);
  return await scaled(samples.slice(), 2 ** 15, new TimeSlice(signal));
}

function refuseNone(samples: ArrayLike<number>): void {
  if (samples.length === 0) throw new AudioDecodeError("Cannot decode the audio samples: there are none");
}

async function scaled(
  samples: ArrayLike<number>,
  scale: number,
  slice: TimeSlice,
): Promise<Float32Array<ArrayBuffer>> {
  const result = new Float32Array(samples.length);
  for (let start = 0; start < samples.length; start += STEP) {
    const end = Math.min(start + STEP, samples.length);
    for (let i = start; i < end; i++) result[i] = samples[i] / scale;
    await slice.pause();
  }
  return result;
}

/** The largest magnitude, or `NaN` if a value is not finite. */
function peakOf(samples: Float32Array, start: number, end: number): number {
  let peak = 0;
  for (let i = start; i < end; i++) {
    const magnitude = Math.abs(samples[i]);
    if (!(magnitude < Infinity)) return NaN;
    if (magnitude > peak) peak = magnitude;
  }
  return peak;
}
