import assert from "node:assert/strict";
import { AddressNotAllowedError } from "../../../../lib/queue/address/address_error.ts";
import {
  type AddressOptions,
  addressRules,
  assertAllowed,
  publicAddresses,
} from "../../../../lib/queue/address/address_rules.ts";
import { parseIp } from "../../../../lib/queue/address/ip_address.ts";
import { specialUse } from "../../../../lib/queue/address/special_ranges.ts";
import { describe, it } from "../../../harness.ts";

function isAllowed(url: string, options: AddressOptions): boolean {
  try {
    assertAllowed(url, addressRules("work", options));
    return true;
  } catch (error) {
    assert(error instanceof AddressNotAllowedError, String(error));
    return false;
  }
}

/** Every way to this machine or its cloud that is known to have fooled somebody. */
const TRICKS = [
  "http://127.0.0.1/",
  "http://127.1/",
  "http://2130706433/",
  "http://0x7f000001/",
  "http://0x7f.0.0.0x1/",
  "http://017700000001/",
  "http://0177.0.0.1/",
  "http://127.0.0.1./",
  "http://0/",
  "http://0.0.0.0/",
  "http://localhost/",
  "http://localhost./",
  "http://①②⑦.⓪.⓪.①/",
  "http://127。0。0。1/",
  "http://[::1]/",
  "http://[::]/",
  "http://[0:0:0:0:0:0:0:1]/",
  "http://[::ffff:127.0.0.1]/",
  "http://[::ffff:7f00:1]/",
  "http://[::127.0.0.1]/",
  "http://[64:ff9b::7f00:1]/",
  "http://[64:ff9b:1::7f00:1]/",
  "http://[2002:7f00:1::]/",
  "http://[2001:0:7f00:1::]/",
  "http://[fe80::1]/",
  "http://[fd00:ec2::254]/",
  "http://[fec0::1]/",
  "http://169.254.169.254/latest/meta-data/",
  "http://[::ffff:a9fe:a9fe]/",
  "http://2852039166/",
  "http://100.100.100.200/",
  "http://168.63.129.16/",
  "http://192.0.0.192/",
  "http://metadata.google.internal/",
  "http://10.0.0.1/",
  "http://172.31.255.255/",
  "http://192.168.1.1/",
  "http://224.0.0.1/",
  "http://255.255.255.255/",
  "http://good.example@127.0.0.1/",
  "http://good.example:x@127.0.0.1/",
  "http://127.0.0.1#@good.example/",
  "http://127.0.0.1\\@good.example/",
  "http://127.0.0.1?.good.example",
  "http:127.0.0.1/",
  "http:\\\\127.0.0.1\\",
  "ht\ntp://127.0.0.1/",
  "file:///etc/passwd",
  "ftp://good.example/",
  "gopher://127.0.0.1:6379/_FLUSHALL",
  "data:audio/wav;base64,AAAA",
  "blob:http://good.example/1",
  "//127.0.0.1/",
  "127.0.0.1",
  "",
];

describe("assertAllowed()", () => {
  it("lets no trick through, where one host is allowed and where every name is", () => {
    const one = { allowedHosts: ["good.example", "http://good.example"] };
    for (const url of TRICKS) assert(!isAllowed(url, one), url);
    // Names are left to what they lead to.
    const names = TRICKS.filter((url) => !/localhost|metadata\.google|^(\/\/|127|$)/.test(url));
    for (const url of names) assert(!isAllowed(url, { allowedHosts: ["*", "http://*"] }), url);
  });

  it("allows what is listed, over https and on its own port unless the list says another", () => {
    const options = {
      allowedHosts: [
        "Media.Example.org",
        "*.cdn.example",
        "files.example:8443",
        "http://nas.local:8080",
        "bücher.example",
      ],
    };
    for (
      const url of [
        "https://media.example.org/talk.mp3?sig=1",
        "https://MEDIA.example.org:443/",
        "https://a.cdn.example/",
        "https://a.b.cdn.example/",
        "https://files.example:8443/",
        "http://nas.local:8080/",
        "https://xn--bcher-kva.example/",
        "https://bücher.example/",
      ]
    ) assert(isAllowed(url, options), url);
    for (
      const url of [
        "http://media.example.org/",
        "https://media.example.org:8443/",
        "https://media.example.org./",
        "https://amedia.example.org/",
        "https://media.example.org.evil.example/",
        "https://cdn.example/",
        "https://evilcdn.example/",
        "https://cdn.example.evil/",
        "https://files.example/",
        "https://nas.local:8080/",
        "http://nas.local/",
        "https://media.example.org@evil.example/",
        "https://user:secret@media.example.org/",
      ]
    ) assert(!isAllowed(url, options), url);
    assert(!isAllowed("https://media.example.org/", {}));
  });

  it("allows an address that is no name only by itself, and a private one only in an allowed network", () => {
    assert(isAllowed("https://93.184.216.34/", { allowedHosts: ["93.184.216.34"] }));
    assert(!isAllowed("https://93.184.216.34/", { allowedHosts: ["*"] }));
    assert(!isAllowed("https://10.1.2.3/", { allowedHosts: ["10.1.2.3"] }));
    const inNetwork = {
      allowedHosts: ["http://10.1.2.3:9000", "http://[fd12::5]:9000"],
      allowedNetworks: ["10.1.0.0/16", "fd12::/16"],
    };
    assert(isAllowed("http://10.1.2.3:9000/", inNetwork));
    assert(isAllowed("http://0xa010203:9000/", inNetwork));
    assert(isAllowed("http://[fd12:0::5]:9000/", inNetwork));
    assert(!isAllowed("http://10.1.2.4:9000/", inNetwork));
  });

  it("says what is wrong, and never what is secret in an address", () => {
    const rules = addressRules("work", { allowedHosts: ["media.example.org"] });
    assert.throws(
      () => assertAllowed("https://evil.example/a.mp3?X-Signature=hush", rules),
      { message: "Cannot go to https://evil.example/a.mp3: https://evil.example is not one of allowedHosts" },
    );
    assert.throws(
      () => assertAllowed("https://me:hush@media.example.org/", rules),
      (error: AddressNotAllowedError) => !error.message.includes("hush") && !error.url.includes("hush"),
    );
  });
});

describe("addressRules()", () => {
  it("refuses what is no host and no network", () => {
    for (
      const host of [
        "",
        "*.",
        "a.*",
        "*a.example",
        "*.*.example",
        "a.example/",
        "a.example/x",
        "a.example?",
        "a.example#",
        "me@a.example",
        "ftp://a.example",
        "a b",
        "a.example.",
        "https://",
        "127.0.0.999",
      ]
    ) {
      assert.throws(() => addressRules("work", { allowedHosts: [host] }), { code: "INVALID_OPTION" }, host);
    }
    for (const network of ["10.0.0.0/33", "local", "10.0/8", ""]) {
      assert.throws(
        () => addressRules("work", { allowedNetworks: [network] }),
        { code: "INVALID_OPTION" },
        network,
      );
    }
  });
});

describe("publicAddresses()", () => {
  const url = new URL("https://media.example.org/");

  it("takes what a name leads to when all of it is public, or in a network that is allowed", () => {
    const rules = addressRules("work", { allowedNetworks: ["10.1.0.0/16"] });
    const found = ["93.184.216.34", "2606:2800:220:1::1", "10.1.9.9", "::ffff:10.1.9.9"];
    assert.deepEqual(publicAddresses(url, found, rules), found);
  });

  it("refuses a name one of whose addresses is not", () => {
    const rules = addressRules("work", {});
    for (
      const address of [
        "127.0.0.1",
        "169.254.169.254",
        "::1",
        "::ffff:192.168.0.1",
        "fe80::1%eth0",
        "10.1.2.3",
      ]
    ) {
      assert.throws(
        () => publicAddresses(url, ["93.184.216.34", address], rules),
        AddressNotAllowedError,
        address,
      );
    }
    assert.throws(() => publicAddresses(url, ["169.254.169.254"], rules), {
      message:
        "Cannot go to https://media.example.org/: it leads to 169.254.169.254 (link-local, where clouds have their " +
        "metadata service), which is not one of allowedNetworks",
    });
  });
});

describe("specialUse()", () => {
  it("knows the public addresses beside the ranges that are not", () => {
    for (
      const address of [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "168.63.129.15",
        "2606:4700::1111",
        "2400::1",
        "2003::1",
        "64:ff9b::101:101",
      ]
    ) assert.equal(specialUse(parseIp(address)!), undefined, address);
    for (
      const address of [
        "100.64.0.0",
        "198.19.255.255",
        "172.16.0.0",
        "239.1.1.1",
        "240.0.0.1",
        "3fff:0::1",
        "2001:db8::1",
        "4000::1",
        "5f00::1",
        "::2",
        "::ffff:0:1",
      ]
    ) assert.notEqual(specialUse(parseIp(address)!), undefined, address);
  });
});
