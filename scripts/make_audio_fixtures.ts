#!/usr/bin/env -S deno run --allow-run=ffmpeg --allow-env --allow-read --allow-write=tests/fixtures/audio
/**
 * Makes the small files of `tests/fixtures/audio/formats` from the first three seconds of `tests/fixtures/sense.wav`,
 * one a format and a way of writing it, and beside them a file of six channels. Wants ffmpeg.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("../tests/fixtures/sense.wav", import.meta.url));
const FOLDER = fileURLToPath(new URL("../tests/fixtures/audio/formats/", import.meta.url));
const VIDEO = "-f lavfi -i testsrc=size=64x48:rate=5 -shortest";
const COVER =
  "-f lavfi -t 1 -i color=red:size=64x64:rate=1 -map 0:a -map 1:v -frames:v 1 -c:v mjpeg -disposition:v attached_pic";

/** A tone a speaker of 5.1, in its order; the fourth is the one for low sounds. */
const TONES = [300, 410, 530, 60, 670, 790].map((frequency) => `.2*sin(2*PI*${frequency}*t)`).join("|");

/** The name of each file and ffmpeg's options for it. `>` writes to a pipe, so that nothing can be filled in later. */
const FILES: readonly (readonly [name: string, options: string])[] = [
  ["stereo-44100.mp3", "-ar 44100 -ac 2 -b:a 48k"],
  ["mono-16000.mp3", "-b:a 24k"],
  ["mono-8000.mp3", "-ar 8000 -b:a 16k"],
  ["stereo-48000.mp2", "-ar 48000 -ac 2 -b:a 64k"],
  ["mono-16000.flac", ""],
  ["unknown-length.flac", "> -ar 11025 -f flac"],
  ["stereo-44100.ogg", "-c:a libvorbis -ar 44100 -ac 2 -q:a 0"],
  ["six-channels.ogg", "-c:a libvorbis -ar 48000 -ac 6 -q:a -1"],
  [
    "../speakers.ogg",
    `-filter_complex aevalsrc=${TONES}:c=5.1:s=48000:d=1[a] -map [a] -c:a libvorbis -q:a 0`,
  ],
  ["stereo.opus", "-c:a libopus -ac 2 -b:a 24k"],
  ["six-channels.opus", "-c:a libopus -ac 6 -b:a 48k -mapping_family 1"],
  ["flac.oga", "-c:a flac -f ogg"],
  ["stereo-44100.m4a", "-c:a aac -ar 44100 -ac 2 -b:a 48k"],
  ["mono-22050.mov", "-c:a aac -ar 22050 -b:a 24k"],
  ["pcm.mov", "-ar 8000 -c:a pcm_s16le"],
  ["alaw.mov", "-ar 8000 -c:a pcm_alaw"],
  ["big-endian.mov", "-ar 8000 -c:a pcm_s24be"],
  ["alac.m4a", "-c:a alac -sample_fmt s16p"],
  ["fragments.mp4", "> -c:a aac -b:a 24k -movflags frag_keyframe+delay_moov -f mp4"],
  ["video.mp4", `${VIDEO} -c:v mpeg4 -b:v 10k -c:a aac -b:a 24k`],
  ["opus.mp4", "-c:a libopus -b:a 16k -f mp4"],
  ["recorder.webm", "> -c:a libopus -b:a 16k -f webm"],
  ["clusters.webm", "-c:a libopus -b:a 16k -cluster_time_limit 500"],
  ["video.webm", `${VIDEO} -c:v libvpx -b:v 10k -c:a libopus -b:a 16k`],
  ["two-tracks.mp4", "-filter_complex [0:a]volume=-60dB[q] -map [q] -map 0:a -c:a aac -b:a 24k"],
  [
    "second-default.mkv",
    "-filter_complex [0:a]volume=-60dB[q] -map [q] -map 0:a -c:a libopus -b:a 16k -disposition:a:0 0 -disposition:a:1 default",
  ],
  ["vorbis.mkv", "-c:a libvorbis -ar 44100 -q:a 0"],
  ["mono-8000.aiff", "-ar 8000"],
  ["float.aifc", "-ar 8000 -c:a pcm_f32be -f aiff"],
  ["mono-8000.caf", "-ar 8000 -c:a pcm_s16be"],
  ["mulaw.caf", "-ar 8000 -c:a pcm_mulaw"],
  ["signed-bytes.caf", "-ar 8000 -c:a pcm_s8"],
  ["opus.caf", "-c:a libopus -b:a 16k"],
  ["alac.caf", "-c:a alac -sample_fmt s16p"],
  ["adts.aac", "-c:a aac -b:a 24k"],
  ["ms.wav", "-c:a adpcm_ms"],
  ["ima.wav", "-c:a adpcm_ima_wav"],
  ["cover.mp3", `${COVER} -ar 44100 -b:a 32k -id3v2_version 3`],
  ["cover.m4a", `${COVER} -c:a aac -b:a 24k`],
  ["mp3.wav", "-c:a libmp3lame -ar 44100 -b:a 32k"],
];

for (const [name, words] of FILES) {
  const [first, ...rest] = words.split(" ").filter(Boolean);
  const isPipe = first === ">";
  const options = isPipe || first === undefined ? rest : [first, ...rest];
  const input = ["-v", "error", "-nostdin", "-y", "-t", "3", "-i", SOURCE, "-bitexact"];
  const output = isPipe ? ["pipe:1"] : [`${FOLDER}${name}`];
  const written = execFileSync("ffmpeg", [...input, ...options, ...output], { maxBuffer: 1 << 24 });
  if (isPipe) writeFileSync(`${FOLDER}${name}`, written);
}
