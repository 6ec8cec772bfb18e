import assert from "node:assert/strict";
import { isIn, parseIp, parseNetwork } from "../../../../lib/queue/address/ip_address.ts";
import { describe, it } from "../../../harness.ts";

const hex = (text: string) => parseIp(text) && [...parseIp(text)!].map((byte) => byte.toString(16)).join(" ");

describe("parseIp()", () => {
  it("reads both kinds of address", () => {
    assert.equal(hex("192.168.0.1"), "c0 a8 0 1");
    assert.equal(hex("::"), "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0");
    assert.equal(hex("::1"), "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1");
    assert.equal(hex("2001:DB8::5:0"), "20 1 d b8 0 0 0 0 0 0 0 0 0 5 0 0");
    assert.equal(hex("1:2:3:4:5:6:7::"), "0 1 0 2 0 3 0 4 0 5 0 6 0 7 0 0");
    assert.equal(hex("::ffff:10.0.0.1"), "0 0 0 0 0 0 0 0 0 0 ff ff a 0 0 1");
    assert.equal(hex("1:2:3:4:5:6:7:8"), "0 1 0 2 0 3 0 4 0 5 0 6 0 7 0 8");
  });

  it("reads nothing else, however a program might take it", () => {
    for (
      const text of [
        "",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "010.0.0.1",
        "1.2.3.256",
        "1.2.3.4.",
        " 1.2.3.4",
        "1.2.3.4/8",
        ":",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8::",
        "12345::",
        "fe80::1%eth0",
        "::1.2.3",
        "::1.2.3.4:5",
        "[::1]",
      ]
    ) assert.equal(parseIp(text), undefined, text);
  });
});

describe("isIn()", () => {
  it("goes by the bits that a network's addresses share", () => {
    const inside = (address: string, network: string) => isIn(parseIp(address)!, parseNetwork(network)!);
    assert(inside("10.255.0.1", "10.0.0.0/8"));
    assert(!inside("11.0.0.1", "10.0.0.0/8"));
    assert(inside("100.127.255.255", "100.64.0.0/10"));
    assert(!inside("100.128.0.0", "100.64.0.0/10"));
    assert(inside("8.8.8.8", "0.0.0.0/0"));
    assert(inside("8.8.8.8", "8.8.8.8"));
    assert(inside("febf::1", "fe80::/10"));
    assert(!inside("fec0::1", "fe80::/10"));
    assert(!inside("::1", "0.0.0.0/0"));
    for (const text of ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129"]) {
      assert.equal(parseNetwork(text), undefined, text);
    }
  });
});
