import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { AudioDecodeError } from "../../../../lib/errors.ts";
import { type AudioSource, decodeAudio, type DecodeAudioOptions } from "../../../../lib/audio/decode.ts";
import { logMelSpectrogram, melWindow } from "../../../../lib/audio/log_mel_spectrogram.ts";
import { StreamedMel } from "../../../../lib/audio/mel/streamed_mel.ts";
import { openRecording } from "../../../../lib/audio/recording/open_recording.ts";
import { describe, fixture, it, itNeeds } from "../../../harness.ts";
import { until } from "../../../until.ts";
import { buildWav, bytes, concat, text } from "../wav_builder.ts";

const noFfmpeg = findFfmpeg();
const noShell = existsSync("/bin/sh") ? undefined : "scripts of /bin/sh stand in for ffmpeg";

function findFfmpeg(): string | undefined {
  try {
    execFileSync("ffmpeg", ["-version"], { stdio: "ignore" });
  } catch {
    return "ffmpeg is not installed";
  }
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sotto-test-"));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes a script that stands in for ffmpeg. It finds the system's small programs whatever `PATH` the tests have. */
function standIn(folder: string, script: string): string {
  const path = join(folder, "ffmpeg");
  writeFileSync(path, `#!/bin/sh\nPATH="$PATH:/usr/bin:/bin"\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Makes another format of the fixture's first three seconds, and gives its path. */
function convert(folder: string, name: string, ...options: string[]): string {
  const path = join(folder, name);
  const input = ["-v", "error", "-nostdin", "-t", "3", "-i", fixture("sense.wav")];
  execFileSync("ffmpeg", [...input, "-bitexact", ...options, `file:${path}`]);
  return path;
}

async function refuses(
  source: AudioSource,
  options: DecodeAudioOptions,
  message: RegExp,
): Promise<AudioDecodeError> {
  const error = await decodeAudio(source, options).then(() => undefined, (reason) => reason);
  assert(error instanceof AudioDecodeError, String(error));
  assert.match(error.message, message);
  return error;
}

/** An M4A whose index is whole, and whose sound is not. */
function withoutSound(): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(readFileSync(fixture("audio/formats/stereo-44100.m4a")));
  const start = Buffer.from(file).indexOf("mdat") + 4;
  return file.fill(0, start, start - 8 + new DataView(file.buffer).getUint32(start - 8));
}

/** What looks like AC-3, which nothing here decodes. */
const ac3 = concat(bytes(0x0b, 0x77), new Uint8Array(2 << 20));

describe("decodeAudio() without ffmpeg", () => {
  it("says what the audio looks like, what is missing and what to do", async () => {
    const path = process.env.PATH;
    process.env.PATH = join(tmpdir(), "nothing-here");
    try {
      const error = await refuses(
        ac3,
        {},
        /: it looks like an AC-3 file, which needs the program "ffmpeg", which was/,
      );
      assert.match(error.message, /which was not found; install ffmpeg, or convert the audio to WAV$/);
      assert.equal((error.cause as NodeJS.ErrnoException).code, "ENOENT");
    } finally {
      process.env.PATH = path;
    }
  });

  it("says so for formats it does not know, and for WAV with a codec it does not read", async () => {
    const options = { ffmpeg: "no-such-ffmpeg" };
    await refuses(
      bytes(1, 2, 3),
      options,
      /its format is not known here, so it needs the program "no-such-ffmpeg"/,
    );
    const wma = buildWav(bytes(1, 2), { formatTag: 0x161, bits: 16 });
    await refuses(wma, options, /it looks like a WAV file with codec 0x0161, which needs/);
  });

  it("says why it cannot read what its own decoders should, and both ways out", async () => {
    const ways =
      /; it might be read by the program "no-such-ffmpeg", which was not found; install ffmpeg, or convert/;
    for (
      const [audio, why] of [
        [withoutSound(), /it looks like an M4A file, but none of it can be decoded: /],
        [
          buildWav(bytes(1, 2), { sampleRate: 500 }),
          /it looks like a WAV file, but its header says 500 Hz, /,
        ],
      ] as const
    ) {
      const error = await refuses(audio, { ffmpeg: "no-such-ffmpeg" }, why);
      assert.match(error.message, ways);
    }
  });

  it("says no more than what is wrong where no program can help", async () => {
    const tag = concat(text("ID3"), bytes(3, 0, 0, 0, 0, 1, 2), new Uint8Array(130));
    for (
      const [audio, why] of [
        [text("RIFF"), "it looks like a WAV file, but its RIFF header is cut short or damaged"],
        [
          buildWav(bytes(1, 2), { channels: 0, blockAlign: 2 }),
          "it looks like a WAV file, but its header says 0 channels",
        ],
        [
          buildWav(bytes(1, 2), { sampleRate: 0 }),
          "it looks like a WAV file, but its header says 0 Hz, 1000 to 1536000 Hz are read",
        ],
        [tag, "it is a tag (ID3) without sound behind it"],
        [
          bytes(0xff, 0xfb, 0x90, 0x64),
          "it looks like an MP3 file, but it is damaged, or cut off before its sound begins",
        ],
        [text("OggS\0\x02"), "it looks like an Ogg file, but it is cut off in its header"],
        [
          new Uint8Array(readFileSync(fixture("audio/formats/stereo-44100.m4a"))).slice(0, 9000),
          "it looks like an M4A file, but it has no index (moov), which is written last: it was cut off, or never " +
          "finished",
        ],
        [new Uint8Array(100), "it holds nothing but zeros, as what was not copied or written to its end"],
      ] as const
    ) {
      const { message } = await refuses(
        audio,
        { ffmpeg: "no-such-ffmpeg" },
        /^Cannot decode the audio bytes: /,
      );
      assert.equal(message, `Cannot decode the audio bytes: ${why}`);
    }
  });
});

describe("decodeAudio() with a stand-in for ffmpeg", () => {
  itNeeds(noShell, "reads its samples, however they are cut", () =>
    inFolder(async (folder) => {
      const script = String.raw`cat > /dev/null; printf '\000\100\000'; sleep 0.1; printf '\300\377\377'`;
      const samples = await decodeAudio(ac3, { ffmpeg: standIn(folder, script) });
      assert.deepEqual([...samples], [0.5, -0.5, -1 / 32768]);
    }));

  itNeeds(
    noShell,
    "leaves to it what the decoders here cannot read from its beginning on",
    () =>
      inFolder(async (folder) => {
        const ffmpeg = standIn(folder, String.raw`cat > /dev/null; printf '\000\100\000\300'`);
        const slow = buildWav(bytes(1, 2), { sampleRate: 500 });
        for (
          const [name, audio] of [["a.m4a", withoutSound()], ["b.wav", slow], [
            "c.ogg",
            text("OggS\0\x02"),
          ]] as const
        ) {
          const path = join(folder, name);
          writeFileSync(path, audio);
          for (const source of [audio, path, new Blob([audio])]) {
            const onWarning = (message: string) => assert.fail(message);
            assert.deepEqual(
              [...(await decodeAudio(source, { ffmpeg, onWarning })).slice(0, 9)],
              [0.5, -0.5],
              name,
            );
          }
        }
        const failing = standIn(folder, "cat > /dev/null; echo broken >&2; exit 7");
        await refuses(
          withoutSound(),
          { ffmpeg: failing },
          /an M4A file, but none of it can be decoded: .*; ffmpeg failed with exit code 7: broken$/,
        );
        const soundless = standIn(folder, "echo 'Output file #0 does not contain any stream' >&2; exit 1");
        await refuses(
          ac3,
          { ffmpeg: soundless },
          /^Cannot decode the audio bytes: ffmpeg finds no sound in it$/,
        );
      }),
  );

  itNeeds(noShell, "gives its exit code and what it printed", () =>
    inFolder(async (folder) => {
      const error = await refuses(
        ac3,
        { ffmpeg: standIn(folder, "echo broken >&2; exit 7") },
        /exit code 7: broken$/,
      );
      assert.equal(error.exitCode, 7);
      assert.equal(error.stderr, "broken");
    }));

  itNeeds(noShell, "refuses audio without samples", () =>
    inFolder(async (folder) => {
      await refuses(ac3, { ffmpeg: standIn(folder, "cat > /dev/null") }, /it holds no samples$/);
    }));

  itNeeds(noShell, "gives a path as a file only, and bytes as a pipe only", () =>
    inFolder(async (folder) => {
      const ffmpeg = standIn(folder, 'echo "$@" >&2; exit 1');
      writeFileSync(join(folder, "a.mp3"), ac3);
      const path = join(folder, "a.mp3");
      const fromPath = await refuses(path, { ffmpeg }, /-nostdin/);
      assert.match(fromPath.stderr ?? "", /-protocol_whitelist file -format_whitelist aac,[^ ]* -i file:/);
      assert(fromPath.stderr?.includes(`-i file:${path} -f s16le -ac 1`));
      const fromBytes = await refuses(ac3, { ffmpeg }, /-nostdin/);
      assert.match(
        fromBytes.stderr ?? "",
        /-protocol_whitelist pipe -format_whitelist aac,[^ ]* -i pipe:0 -f s16le/,
      );
    }));

  itNeeds(
    noShell,
    "gives the bytes of an MP4 as a temporary file, and removes it",
    () =>
      inFolder(async (folder) => {
        const ffmpeg = standIn(
          folder,
          'for a; do case $a in file:*) cat "${a#file:}"; echo "$a" >&2;; esac; done; exit 3',
        );
        const mp4 = text("\0\0\0\x1cftypM4A \0\0\0\0");
        const { stderr } = await refuses(mp4, { ffmpeg }, /exit code 3/);
        assert.match(stderr ?? "", /^file:.*sotto-/);
        assert.throws(() => readFileSync(stderr!.slice("file:".length)), /ENOENT/);
      }),
  );

  itNeeds(
    noShell,
    "kills it when the signal is aborted, though a child of its own lives on",
    () =>
      inFolder(async (folder) => {
        const reason = new Error("no longer wanted");
        const controller = new AbortController();
        const pid = join(folder, "pid");
        const ffmpeg = standIn(folder, `(sleep 10; echo > ${folder}/done) & echo $$ > ${pid}; wait`);
        const decoding = decodeAudio(ac3, { ffmpeg, signal: controller.signal });
        await until(() => readdirSync(folder).includes("pid") && readFileSync(pid, "utf8").endsWith("\n"));
        controller.abort(reason);
        await assert.rejects(decoding, reason);
        assert(!readdirSync(folder).includes("done"));
        await until(() => !isRunning(Number(readFileSync(pid, "utf8"))));
      }),
  );
});

describe("decodeAudio() with ffmpeg", () => {
  const expected = decodeAudio(fixture("sense.wav")).then((samples) => samples.slice(0, 48000));

  itNeeds(
    noFfmpeg,
    "gives the very samples of a lossless format, from a path and from bytes",
    () =>
      inFolder(async (folder) => {
        for (const name of ["a.wv", "a.tta", "a.au"]) {
          const path = convert(folder, name);
          assert.deepEqual(await decodeAudio(path), await expected, name);
          assert.deepEqual(await decodeAudio(new Uint8Array(readFileSync(path))), await expected, name);
        }
      }),
  );

  itNeeds(
    noFfmpeg,
    "hears what its standard forbids and ffmpeg writes, window by window and channel by channel too",
    () =>
      inFolder(async (folder) => {
        const path = convert(folder, "a.mp2", "-ar", "44100", "-ac", "1", "-b:a", "384k");
        const samples = await decodeAudio(path, { onWarning: (message) => assert.fail(message) });
        assert(Math.abs(samples.length - 48000) < 800, `${samples.length} samples`);
        assert.deepEqual(await decodeAudio(new Uint8Array(readFileSync(path))), samples);
        assert.deepEqual(await decodeAudio(path, { channel: 0 }), samples);
        await refuses(path, { channel: 1 }, /it has 1 channel, counted from 0$/);
        const options = { nMels: 80, keptSamples: 0 };
        const whole = await logMelSpectrogram(samples, { nMels: 80, padding: 480_000 });
        await using streamed = await StreamedMel.open(await openRecording(path), options);
        assert.deepEqual((await streamed.frames(0, 3000)).data, melWindow(whole, 0, 3000, 3000));
      }),
  );

  itNeeds(
    noFfmpeg,
    "reads an MP4 with its index at the end, from bytes too",
    () =>
      inFolder(async (folder) => {
        const path = convert(folder, "a.mp4", "-c:a", "ac3");
        const samples = await decodeAudio(path);
        assert(Math.abs(samples.length - 48000) < 2048);
        assert.deepEqual(await decodeAudio(new Blob([readFileSync(path)])), samples);
      }),
  );

  itNeeds(noFfmpeg, "takes no path for an option, a protocol or a pattern", () =>
    inFolder(async (folder) => {
      const flac = convert(folder, "plain.wv");
      const here = process.cwd();
      process.chdir(folder);
      try {
        for (const name of ["-version", "concat:plain.wv", "http:x", "pipe:0", "a%03d.flac"]) {
          copyFileSync(flac, name);
          assert.deepEqual(await decodeAudio(name), await expected, name);
        }
      } finally {
        process.chdir(here);
      }
    }));

  itNeeds(noFfmpeg, "mixes and resamples a WAV file as ffmpeg does", () =>
    inFolder(async (folder) => {
      const wav = convert(folder, "a.wav", "-ar", "44100", "-ac", "6", "-c:a", "pcm_s24le");
      const flac = convert(folder, "a.wv", "-ar", "44100", "-ac", "6", "-sample_fmt", "s32p");
      const [ours, theirs] = [await decodeAudio(wav), await decodeAudio(flac)];
      assert.equal(ours.length, theirs.length);
      // 16-bit rounding and another filter.
      ours.forEach((value, i) => assert(Math.abs(value - theirs[i]) < 2e-3));
    }));

  itNeeds(
    noFfmpeg,
    "reads what broadcasters and others use, from a path and from bytes",
    () =>
      inFolder(async (folder) => {
        const video = ["-f", "lavfi", "-t", "3", "-i", "testsrc=size=720x576:rate=25", "-shortest"];
        const pal = [...video, "-c:v", "mpeg2video", "-pix_fmt", "yuv420p", "-ar", "48000"];
        for (
          const [name, ...options] of [
            ["a.nut", "-c:a", "pcm_s16le"],
            ["a.wtv"],
            ["a.adx"], // Not on the list of what people have.
            ["a.mxf", ...pal, "-c:a", "pcm_s16le"],
            ["a.gxf", ...pal, "-c:a", "pcm_s16le"],
            ["a.dv", ...video, "-pix_fmt", "yuv420p", "-ar", "48000", "-ac", "2"],
          ]
        ) {
          const path = convert(folder, name, ...options);
          const samples = await decodeAudio(path);
          // GXF pads its sound to whole fields.
          assert(Math.abs(samples.length - 48000) < 8000, `${name} has ${samples.length} samples`);
          const { length } = await decodeAudio(new Uint8Array(readFileSync(path)));
          assert(Math.abs(length - samples.length) < 4000, `${name} from bytes has ${length}`);
        }
      }),
  );

  itNeeds(
    noFfmpeg,
    "hears one channel of stereo whose channels cancel each other out, and says so",
    () =>
      inFolder(async (folder) => {
        const warnings: string[] = [];
        const onWarning = (message: string) => void warnings.push(message);
        const inverted = convert(folder, "a.wv", "-af", "pan=stereo|c0=c0|c1=-1*c0");
        assert.deepEqual(await decodeAudio(inverted, { onWarning }), await expected);
        assert.match(warnings.join(), /^The two channels of ".*a\.wv" cancel each other out/);
        const quiet = convert(folder, "b.wv", "-af", "volume=-50dB");
        await decodeAudio(quiet, { onWarning });
        assert.equal(warnings.length, 1);
      }),
  );

  itNeeds(
    noFfmpeg,
    "says of a file that is cut off that it is damaged, and hears what is there",
    () =>
      inFolder(async (folder) => {
        const whole = readFileSync(convert(folder, "a.tta"));
        const warnings: string[] = [];
        const samples = await decodeAudio(new Uint8Array(whole.subarray(0, whole.length / 2)), {
          onWarning: (message) => warnings.push(message),
        });
        assert(samples.length > 16000);
        assert.match(
          warnings.join(),
          /^the audio bytes is damaged, what could be read is heard\. ffmpeg says: /,
        );
      }),
  );

  itNeeds(
    noFfmpeg,
    "says by which rule it does not follow a list, whatever hides it",
    () =>
      inFolder(async (folder) => {
        for (
          const [start, rule] of [
            ["#EXTM3U\n#\x01\n#EXT-X-TARGETDURATION:9\n#EXTINF:1,\na.flac\n", /a playlist.* \(format hls\)/],
            ["ffconcat version 1.0\n#\x01\nfile a.flac\n", /a list of files to join.* \(format concat\)/],
            ["v=0\r\no=\x01\r\nc=IN IP4 127.0.0.1\r\n", /a stream, which names addresses.* \(format sdp\)/],
          ] as const
        ) {
          convert(folder, "a.flac", "-y");
          const path = join(folder, "list.mp3");
          writeFileSync(path, start);
          const error = await refuses(path, {}, rule);
          assert.match(error.message, /such files are not followed, pass the sound itself$/);
          await refuses(text(start), {}, rule);
        }
      }),
  );

  itNeeds(noFfmpeg, "lets no playlist lead ffmpeg to other files", () =>
    inFolder(async (folder) => {
      convert(folder, "secret.flac");
      // Not text to us, but a DASH manifest to ffmpeg.
      const mpd = '<?xml version="1.0"?>\x01<MPD><Period><AdaptationSet><Representation>' +
        "<BaseURL>secret.flac</BaseURL></Representation></AdaptationSet></Period></MPD>";
      writeFileSync(join(folder, "a.mp3"), mpd);
      await refuses(join(folder, "a.mp3"), {}, /a playlist.*\(format dash\)|ffmpeg failed/);
    }));

  itNeeds(noFfmpeg, "gives ffmpeg's own words for a damaged file", async () => {
    const error = await refuses(
      bytes(1, 2, 3),
      {},
      /: its format is not known here, and ffmpeg failed with exit code \d+: .*Invalid data/,
    );
    assert(error.exitCode);
  });
});
