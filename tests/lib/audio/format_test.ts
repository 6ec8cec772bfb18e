import assert from "node:assert/strict";
import { sniffFormat } from "../../../lib/audio/format.ts";
import { describe, it } from "../../harness.ts";
import { buildWav, bytes, concat, int16, text } from "./wav_builder.ts";

function idOf(head: string): string | undefined {
  return sniffFormat(text(head))?.id;
}

describe("sniffFormat()", () => {
  it("tells audio by its first bytes", () => {
    assert.equal(sniffFormat(buildWav(int16(1)))?.id, "wav");
    const ogg = "OggS\0\x02".padEnd(28, "\0");
    for (
      const [head, id] of [
        ["RIFF\0\0\0\0AVI LIST", "avi"],
        ["RF64\xff\xff\xff\xffWAVE", "wav"],
        ["ID3\x04\0\0", "mp3"],
        ["\xff\xfb\x90\x64\0", "mp3"],
        ["\xff\xe3\x18\xc4\0", "mp3"],
        ["\xff\xf1\x50\x80\0", "aac"],
        ["fLaC\0\0\0\x22", "flac"],
        [`${ogg}OpusHead\x01`, "opus"],
        [`${ogg}\x01vorbis\0`, "vorbis"],
        [ogg, "ogg"],
        ["\0\0\0\x1cftypM4A \0", "mp4"],
        ["\0\0\0\x14ftypqt  \0", "mp4"],
        ["\x1a\x45\xdf\xa3\x9f", "matroska"],
        ["FORM\0\x1d\x9b\xdeAIFFCOMM", "aiff"],
        ["NIST_1A\n   1024\n", "sphere"],
        ["RIFX\0\0\0\0WAVEfmt ", "wav"],
        ["\x06\x0e\x2b\x34\x02\x05\x01\x01", "mxf"],
        ["\xb7\xd8\x00\x20\x37\x49\xda\x11\xa6\x4e", "wtv"],
        ["\x03dss", "dss"],
        ["\x7f\xfe\x80\x01\xfc", "dts"],
        ["\0\0\0\x18stypmsdh", "mp4"],
      ] as const
    ) {
      assert.equal(idOf(head), id);
      assert.equal(sniffFormat(text(head))?.audio, true);
    }
  });

  it("tells what people pass by mistake", () => {
    for (
      const [head, id] of [
        ["<!DOCTYPE html><html>", "html"],
        ["\xef\xbb\xbf \n<html lang=en>", "html"],
        ['{"error": "not found"}', "text"],
        ["#EXTM3U\n/etc/passwd\n", "playlist"],
        ["ffconcat version 1.0\nfile x\n", "playlist"],
        ["<?xml version='1.0'?><mpd>", "playlist"],
        ["\xff\xfeh\0e\0", "text"],
        ["PK\x03\x04\x14\0", "zip"],
        ["%PDF-1.7\n", "pdf"],
        ["\x89PNG\r\n\x1a\n", "png"],
        ["\xff\xd8\xff\xe0\0\x10JFIF", "jpeg"],
        // In a container that sound has too.
        ["RIFF\x24\0\0\0WEBPVP8 ", "webp"],
        ["RIFF\x24\0\0\0RMIDdata", "midi"],
        ["\0\0\0\x1cftypheic", "heic"],
        ["MM\0*\0\0\0\x08", "tiff"],
        ["7z\xbc\xaf\x27\x1c\0", "7z"],
        ["talk.mp3".padEnd(257, "\0") + "ustar\x0000", "tar"],
      ] as const
    ) {
      assert.equal(idOf(head), id);
      assert.equal(sniffFormat(text(head))?.audio, false);
    }
  });

  it("says nothing about other bytes", () => {
    assert.equal(sniffFormat(bytes(1, 2, 3, 4)), undefined);
    assert.equal(sniffFormat(concat(text("text, but then "), bytes(0))), undefined);
    // µ-law next to silence; text in Greek, cut off within a letter.
    assert.equal(sniffFormat(bytes(0xfc, 0xff, 0xfd, 0x7e, 0xff, 0xfe)), undefined);
    assert.equal(sniffFormat(new TextEncoder().encode("ἐν ἀρχῇ ἦν ὁ λόγος").slice(0, -1))?.id, "text");
  });
});
