/** The decoders of recordings as `fuzz.ts` tries them: whole, and window by window as a transcription hears them. */
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { decodeAudio } from "../../lib/audio/decode.ts";
import { StreamedMel } from "../../lib/audio/mel/streamed_mel.ts";
import { openRecording } from "../../lib/audio/recording/open_recording.ts";
import { openAudioInput } from "../../lib/audio/source.ts";
import { readWavHeader } from "../../lib/audio/wav.ts";
import { viewOf } from "../../lib/bytes/data_view.ts";
import { AudioDecodeError } from "../../lib/errors.ts";
import { buildWav } from "../../tests/lib/audio/wav_builder.ts";
import type { Target } from "./checkpoints.ts";
import { mutateBytes, type Random } from "./mutations.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** No program of that name: what is not decoded here is refused. What is lost is looked for where somebody is told. */
const HEARING = { ffmpeg: "no-such-ffmpeg", onWarning: () => {} };

/** Frames of a window, in which recordings are heard. */
const WINDOW_FRAMES = 3000;

const FIXTURES = new URL("../../tests/fixtures/audio/formats/", import.meta.url);

/** Which files are of a container. */
const CONTAINERS: Readonly<Record<string, RegExp>> = {
  adpcm: /\.wav$/,
  mp3: /\.mp[23]$/,
  flac: /\.flac$/,
  ogg: /\.og[ga]$/,
  opus: /\.opus$/,
  mp4: /\.(m4a|mp4|mov)$/,
  matroska: /\.(webm|mkv)$/,
  aiff: /\.(aiff|aifc)$/,
  caf: /\.caf$/,
  aac: /\.aac$/,
};

/** A target a container; each case is one of its files, damaged. */
export function containerTargets(): Target[] {
  const names = readdirSync(FIXTURES);
  return [
    wavTarget(),
    ...Object.entries(CONTAINERS).map(([name, pattern]) => {
      const files = names.filter((file) => pattern.test(file)).sort()
        .map((file) => new Uint8Array(readFileSync(new URL(file, FIXTURES))));
      return {
        name,
        refusal: AudioDecodeError,
        make: (random: Random) => {
          const bytes = damage(random.pick(files), random, { head: 1500, changes: 12 });
          return random.chance(0.5) ? bytes : withOggChecksums(bytes);
        },
        run: hear,
      };
    }),
  ];
}

/** A target for a recording that may be long: bytes are changed all over it. */
export function recordingTarget(path: string): Target {
  const whole = new Uint8Array(readFileSync(path));
  return {
    name: basename(path),
    refusal: AudioDecodeError,
    make: (random) => damage(whole, random, { head: 8192, changes: 200 }),
    run: hear,
    // A tenth of a second for a second of telephone sound.
    maxMilliseconds: 1000 + whole.length / 10,
  };
}

/** Bytes changed, runs of them overwritten, and the end cut off; more often at the head, where the header is. */
function damage(
  whole: Bytes,
  random: Random,
  { head, changes }: { readonly head: number; readonly changes: number },
): Bytes {
  const bytes = random.chance(0.25) ? whole.slice(0, random.integer(whole.length)) : whole.slice();
  for (let left = 1 + random.integer(changes); left > 0 && bytes.length > 0; left--) {
    const at = random.integer(random.chance(0.7) ? Math.min(head, bytes.length) : bytes.length);
    const length = random.chance(0.7) ? 1 : 1 + random.integer(8);
    const value = random.chance(0.5) ? random.integer(256) : random.pick([0, 1, 127, 128, 255]);
    bytes.fill(value, at, at + length);
  }
  return bytes;
}

/** Gives the pages of an Ogg file the checksums of what they hold now: without, damage gets no further than they. */
function withOggChecksums(bytes: Bytes): Bytes {
  const view = viewOf(bytes);
  for (let page = 0; page + 27 <= bytes.length && view.getUint32(page) === 0x4f676753;) {
    const segments = bytes.subarray(page + 27, page + 27 + bytes[page + 26]);
    const end = page + 27 + segments.length + segments.reduce((sum, length) => sum + length, 0);
    view.setUint32(page + 22, 0);
    view.setUint32(page + 22, oggChecksum(bytes.subarray(page, end)), true);
    page = end;
  }
  return bytes;
}

function oggChecksum(page: Uint8Array): number {
  let sum = 0;
  for (const byte of page) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) sum = sum << 1 ^ (sum < 0 ? 0x04c11db7 : 0);
  }
  return sum >>> 0;
}

/** Hears the first window and the last, of a recording of which nothing is kept; every other case is decoded whole. */
async function hear(bytes: Bytes): Promise<void> {
  if (bytes.length % 2 === 0) return checkSamples(await decodeAudio(bytes, HEARING));
  const recording = await openRecording(bytes, HEARING);
  await using source = await StreamedMel.open(recording, { nMels: 80, keptSamples: 0, ...HEARING });
  for (const start of [0, Math.max(0, source.length - 100)]) {
    const { data } = await source.frames(start, Math.min(WINDOW_FRAMES, source.length - start));
    if (!data.every((value) => value >= -1.5 && value <= 2.5)) {
      throw new Error("a value is none of a spectrogram");
    }
  }
}

function checkSamples(samples: Float32Array): void {
  if (!samples.every((sample) => Math.abs(sample) <= 1)) throw new Error("a sample is beyond full scale");
}

function wavTarget(): Target {
  const make = (random: Random): Bytes => {
    const channelMask = random.chance(0.3) ? Number(random.interesting(3n) & 0xffffffffn) : undefined;
    const bytes = buildWav(random.bytes(random.integer(2000)), {
      sampleRate: random.chance(0.5)
        ? random.pick([8000, 16000, 44100, 48000])
        : 1000 + random.integer(1_535_000),
      channels: random.chance(0.7) ? 1 + random.integer(8) : random.integer(65536),
      bits: random.pick([8, 12, 16, 24, 32, 64, random.integer(65536)]),
      formatTag: random.pick([1, 1, 3, 3, 6, 7, random.integer(65536)]),
      blockAlign: random.integer(65536),
      dataSize: random.chance(0.5) ? undefined : Number(random.interesting(2000n) & 0xffffffffn),
      channelMask,
    });
    return random.chance(0.5) ? bytes : mutateBytes(bytes, random);
  };
  const run = async (bytes: Bytes): Promise<void> => {
    // Other audio goes to a program of its own.
    if (String.fromCharCode(...bytes.subarray(0, 4)) !== "RIFF") throw new AudioDecodeError("not a WAV file");
    const { encoding, frameCount, frameSize } = await readWavHeader(await openAudioInput(bytes));
    if (frameCount * frameSize > bytes.length) {
      throw new Error(`${frameCount} frames are more than there are`);
    }
    if (encoding !== undefined) await hear(bytes);
  };
  return { name: "wav", refusal: AudioDecodeError, make, run };
}
