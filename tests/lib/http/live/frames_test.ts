import assert from "node:assert/strict";
import {
  closeFrame,
  type Frame,
  FrameError,
  FrameReader,
  pongFrame,
  textFrame,
} from "../../../../lib/http/live/frames.ts";
import { describe, it } from "../../../harness.ts";

/** A frame as a client sends it. */
function masked(
  first: number,
  payload: Uint8Array,
  { length = payload.length, mask = [1, 2, 3, 4] }: { length?: number; mask?: number[] } = {},
): Uint8Array {
  const head = length < 126
    ? [first, 0x80 | length]
    : length < 0x10000
    ? [first, 0xfe, length >> 8, length & 0xff]
    : [first, 0xff, 0, 0, 0, 0, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff];
  return Uint8Array.from([...head, ...mask, ...payload.map((byte, i) => byte ^ mask[i & 3])]);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Reads bytes in pieces of some length. */
function read(bytes: Uint8Array, piece = bytes.length, most = 1 << 20): Frame[] {
  const reader = new FrameReader(most);
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; at += piece) frames.push(...reader.push(bytes.slice(at, at + piece)));
  return frames;
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

describe("FrameReader", () => {
  it("reads messages of every length, in pieces of every length", () => {
    const texts = ["", "a", "é".repeat(80), "x".repeat(70_000)];
    const bytes = joined(...texts.map((text) => masked(0x81, bytesOf(text))));
    const expected = texts.map((data) => ({ kind: "message", data }));
    for (const piece of [bytes.length, 1000, 7]) assert.deepEqual(read(bytes, piece), expected);
    assert.deepEqual(read(bytes.subarray(0, 40), 1), expected.slice(0, 2));
  });

  it("joins what comes in several frames, with pings between them", () => {
    const parts = [
      masked(0x02, Uint8Array.of(1, 2)),
      masked(0x89, bytesOf("?")),
      masked(0x00, Uint8Array.of(3)),
      masked(0x80, Uint8Array.of()),
      masked(0x8a, bytesOf("!")),
      masked(0x88, Uint8Array.of(3, 232)),
    ];
    assert.deepEqual(read(joined(...parts), 3), [
      { kind: "ping", data: bytesOf("?") },
      { kind: "message", data: Uint8Array.of(1, 2, 3) },
      { kind: "close" },
    ]);
  });

  it("refuses what RFC 6455 does, and messages that are too large before they have come", () => {
    const wrong: [name: string, code: number, bytes: Uint8Array][] = [
      ["not masked", 1002, Uint8Array.of(0x81, 1, 97)],
      ["an extension", 1002, masked(0xc1, bytesOf("a"))],
      ["an opcode there is not", 1002, masked(0x83, bytesOf("a"))],
      ["a control frame in pieces", 1002, masked(0x09, bytesOf("a"))],
      ["a long control frame", 1002, masked(0x89, new Uint8Array(126))],
      ["a beginning within a message", 1002, joined(masked(0x01, bytesOf("a")), masked(0x81, bytesOf("b")))],
      ["a continuation of nothing", 1002, masked(0x80, bytesOf("a"))],
      ["no UTF-8", 1007, masked(0x81, Uint8Array.of(0xff))],
      ["too large", 1009, masked(0x82, new Uint8Array(0), { length: 101 })],
      [
        "too large by the sum",
        1009,
        joined(masked(0x02, new Uint8Array(60)), masked(0x00, new Uint8Array(60))),
      ],
      ["as large as can be said", 1009, Uint8Array.of(0x82, 0xff, ...Array(8).fill(0xff), 1, 2, 3, 4)],
    ];
    for (const [name, code, bytes] of wrong) {
      assert.throws(() => read(bytes, bytes.length, 100), (error: unknown) => {
        assert.ok(error instanceof FrameError, name);
        assert.equal(error.code, code, name);
        return true;
      }, name);
    }
  });
});

describe("what a server writes", () => {
  it("is frames without a mask, of every length", () => {
    for (const length of [0, 125, 126, 0xffff, 0x10000]) {
      const frame = textFrame("x".repeat(length));
      const head = length < 126 ? 2 : length < 0x10000 ? 4 : 10;
      assert.equal(frame.length, head + length);
      assert.equal(frame[0], 0x81);
      const view = new DataView(frame.buffer);
      const told = head === 2 ? frame[1] : head === 4 ? view.getUint16(2) : Number(view.getBigUint64(2));
      assert.equal(told, length);
    }
    assert.deepEqual(pongFrame(Uint8Array.of(7)), Uint8Array.of(0x8a, 1, 7));
    const close = closeFrame(1008, "é".repeat(100));
    assert.deepEqual([close[0], close[1], close[2], close[3]], [0x88, 124, 3, 240]);
    assert.equal(new TextDecoder("utf-8", { fatal: true }).decode(close.subarray(4)), "é".repeat(61));
  });
});
