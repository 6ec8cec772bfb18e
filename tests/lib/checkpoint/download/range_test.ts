import assert from "node:assert/strict";
import { readRange } from "../../../../lib/checkpoint/download/range.ts";
import { describe, it } from "../../../harness.ts";

describe("readRange()", () => {
  function response(status: number, headers: Record<string, string>): Response {
    return new Response("", { status, headers });
  }

  it("believes lengths and ranges of the file itself only", () => {
    assert.deepEqual(readRange(response(200, { "content-length": "9" }), 0), {
      start: 0,
      total: 9,
      validator: undefined,
    });
    assert.equal(
      readRange(response(200, { "content-length": "9", "content-encoding": "br" }), 0)!.total,
      undefined,
    );
    assert.equal(readRange(response(200, { "content-length": "-1" }), 0)!.total, undefined);
    assert.equal(readRange(response(206, { "content-range": "bytes 5-8/*" }), 5)!.total, undefined);
    assert.equal(readRange(response(206, { "content-range": "bytes 5-8/9" }), 5)!.total, 9);
    assert.equal(readRange(response(206, { "content-range": "bytes 4-8/9" }), 5), undefined);
    assert.equal(readRange(response(206, {}), 5), undefined);
    const continued = { "content-range": "bytes 5-8/9", etag: '"b"' };
    assert.equal(readRange(response(206, continued), 5, '"b"')!.start, 5);
    assert.equal(readRange(response(206, continued), 5, '"a"'), undefined);
    assert.equal(readRange(response(416, { "content-range": "bytes */9" }), 5), undefined);
  });

  it("takes a strong ETag, else Last-Modified, for If-Range", () => {
    const date = "Thu, 01 Jan 2026 00:01:00 GMT";
    const validatorOf = (headers: Record<string, string>) => readRange(response(200, headers), 0)!.validator;
    assert.equal(validatorOf({ etag: '"a"', "last-modified": date }), '"a"');
    assert.equal(validatorOf({ etag: 'W/"a"', "last-modified": date }), date);
    assert.equal(validatorOf({ etag: 'W/"a"' }), undefined);
  });
});
