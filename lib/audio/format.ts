/**
 * What a file is, told by its first bytes and never by its name: the magic numbers of audio containers, and
 * of the things people pass by mistake.
 */

/** What a file seems to be. */
export interface FileFormat {
  /** A short name, lower case: the key a decoder is registered under. */
  readonly id: string;
  /** How messages call it. */
  readonly name: string;
  /** Whether it may hold audio. */
  readonly audio: boolean;
}

/** How many bytes {@linkcode sniffFormat} wants to see, if there are as many. */
export const SNIFF_LENGTH = 512;

/** The bytes (as Latin-1 text) at an offset, the id and the name; the first that fits decides. */
const AUDIO_MAGIC: readonly (readonly [offset: number, magic: string, id: string, name: string])[] = [
  [0, "RIFX", "wav", "a big-endian WAV file"],
  [8, "AVI ", "avi", "an AVI file"],
  [0, "RIFF", "wav", "a WAV file"],
  [0, "RF64", "wav", "a WAV file"],
  [0, "BW64", "wav", "a WAV file"],
  [0, "riff\x2e\x91\xcf\x11", "w64", "a Wave64 file"],
  [0, "fLaC", "flac", "a FLAC file"],
  [28, "OpusHead", "opus", "an Ogg Opus file"],
  [28, "\x01vorbis", "vorbis", "an Ogg Vorbis file"],
  [28, "\x7fFLAC", "oggflac", "an Ogg FLAC file"],
  [28, "Speex   ", "speex", "an Ogg Speex file"],
  [0, "OggS", "ogg", "an Ogg file"],
  [0, "ID3", "mp3", "an MP3 file"],
  [4, "ftypM4A", "mp4", "an M4A file"],
  [4, "ftyp", "mp4", "an MP4 file"],
  [4, "moov", "mp4", "a QuickTime file"],
  [4, "mdat", "mp4", "a QuickTime file"],
  [4, "wide", "mp4", "a QuickTime file"],
  [4, "free", "mp4", "a QuickTime file"],
  [4, "styp", "mp4", "a fragment of an MP4 without its beginning"],
  [4, "moof", "mp4", "a fragment of an MP4 without its beginning"],
  [0, "\x1a\x45\xdf\xa3", "matroska", "a WebM or Matroska file"],
  [8, "AIFF", "aiff", "an AIFF file"],
  [8, "AIFC", "aiff", "an AIFF file"],
  [0, "caff", "caf", "a Core Audio file"],
  [0, ".snd", "au", "an AU file"],
  [0, "NIST_1A\n", "sphere", "a NIST SPHERE file"],
  [0, "#!AMR", "amr", "an AMR file"],
  [0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf", "a Windows Media file"],
  [0, "\x0b\x77", "ac3", "an AC-3 file"],
  [0, "\x7f\xfe\x80\x01", "dts", "a DTS file"],
  [0, "wvpk", "wavpack", "a WavPack file"],
  [0, "MAC ", "ape", "a Monkey's Audio file"],
  [0, "FLV\x01", "flv", "a Flash video"],
  [0, "\x06\x0e\x2b\x34", "mxf", "an MXF file"],
  [0, "\xb7\xd8\x00\x20\x37\x49\xda\x11", "wtv", "a recording of Windows TV"],
  [0, "\x02dss", "dss", "a file of a dictation machine (DSS)"],
  [0, "\x03dss", "dss", "a file of a dictation machine (DSS)"],
];

const OTHER_MAGIC: readonly (readonly [offset: number, magic: string, id: string, name: string])[] = [
  [0, "PK\x03\x04", "zip", "a zip archive"],
  [0, "\x1f\x8b\x08", "gzip", "a gzip archive"],
  [0, "%PDF", "pdf", "a PDF document"],
  [0, "\x89PNG", "png", "a PNG image"],
  [0, "\xff\xd8\xff", "jpeg", "a JPEG image"],
  [0, "GIF8", "gif", "a GIF image"],
  [8, "WEBP", "webp", "a WebP image"],
  [0, "II*\0", "tiff", "a TIFF image"],
  [0, "MM\0*", "tiff", "a TIFF image"],
  [4, "ftypheic", "heic", "a HEIC image"],
  [4, "ftypmif1", "heic", "a HEIC image"],
  [4, "ftypavif", "avif", "an AVIF image"],
  [0, "7z\xbc\xaf\x27\x1c", "7z", "a 7-Zip archive"],
  [0, "\xfd7zXZ\0", "xz", "an xz archive"],
  [0, "BZh", "bzip2", "a bzip2 archive"],
  [0, "Rar!\x1a\x07", "rar", "a RAR archive"],
  [0, "\x28\xb5\x2f\xfd", "zstd", "a Zstandard archive"],
  [257, "ustar", "tar", "a tar archive"],
  [0, "MThd", "midi", "a MIDI file"],
  [8, "RMID", "midi", "a MIDI file"],
  [0, "\xff\xfe", "text", "UTF-16 text"],
  [0, "\xfe\xff", "text", "UTF-16 text"],
];

/** Tells what a file is by its first {@linkcode SNIFF_LENGTH} bytes; nothing if they fit no format known. */
export function sniffFormat(head: Uint8Array): FileFormat | undefined {
  const text = String.fromCharCode(...head.subarray(0, SNIFF_LENGTH));
  // First what is no audio: a picture may lie in a container of sound.
  for (const [table, audio] of [[OTHER_MAGIC, false], [AUDIO_MAGIC, true]] as const) {
    const found = table.find(([offset, magic]) => text.startsWith(magic, offset));
    if (found) return { id: found[2], name: found[3], audio };
  }
  if (isTransportStream(text)) return { id: "mpegts", name: "an MPEG transport stream", audio: true };
  if (/^\xff[\xf0\xf1\xf8\xf9]/.test(text)) return { id: "aac", name: "an AAC file", audio: true };
  if (/^\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff]/.test(text)) return { id: "mp3", name: "an MP3 file", audio: true };
  return sniffText(text);
}

/** Packets of 188 bytes begin with one letter. */
function isTransportStream(text: string): boolean {
  return [0, 188, 376].every((offset) => text[offset] === "G");
}

/** How the lists begin that name other files and addresses: M3U, ffmpeg's, PLS, DASH, SMIL, XSPF, ASX, SDP. */
const PLAYLIST = /^(#extm3u|ffconcat version|\[playlist\]|<mpd|<smil|<playlist|<asx|v=0\r?\no=)/;

/** Characters of more than one byte, in text whose characters are bytes; the last may be cut off. */
const UTF8 = /[\xc2-\xf4][\x80-\xbf]{1,3}|[\xc2-\xf4]$/g;

function sniffText(text: string): FileFormat | undefined {
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]/.test(text)) return undefined;
  const start = text.replace(/^\xef\xbb\xbf/, "").trimStart().replace(/^<\?xml[^>]*>\s*/i, "").toLowerCase();
  if (/^<(!doctype html|html)/.test(start)) return { id: "html", name: "an HTML page", audio: false };
  const name = "a playlist, which names other files and addresses to open";
  if (PLAYLIST.test(start)) return { id: "playlist", name, audio: false };
  // Of samples of one byte, as telephones have them, few are characters.
  const others = text.replace(UTF8, "").replace(/[^\x80-\xff]/g, "").length;
  return others > text.length / 3 ? undefined : { id: "text", name: "text", audio: false };
}
