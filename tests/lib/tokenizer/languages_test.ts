import assert from "node:assert/strict";
import {
  LANGUAGE_ALIASES,
  languageName,
  LANGUAGES,
  nearestLanguage,
  toLanguageCode,
} from "../../../lib/tokenizer/languages.ts";
import { describe, it } from "../../harness.ts";

describe("languages", () => {
  it("are 100, Cantonese last, and their names and aliases are no other language's code", () => {
    assert.equal(LANGUAGES.length, 100);
    assert.deepEqual(LANGUAGES.at(-1), ["yue", "cantonese"]);
    const names = [...LANGUAGES.flat(), ...LANGUAGE_ALIASES.map(([name]) => name)];
    assert.equal(new Set(names).size, 212);
  });

  it("toLanguageCode() takes codes, names and other names in any case", () => {
    const given = ["en", "EN", "German", "HAITIAN CREOLE", "haitian", "Castilian", "mandarin", "burmese"];
    assert.deepEqual(given.map(toLanguageCode), ["en", "en", "de", "ht", "ht", "es", "zh", "my"]);
    for (const [name, code] of LANGUAGE_ALIASES) assert.equal(toLanguageCode(name), code);
  });

  it("toLanguageCode() gives undefined for anything else", () => {
    for (const wrong of ["", "xx", " en", "constructor", "__proto__"]) {
      assert.equal(toLanguageCode(wrong), undefined);
    }
  });

  it("languageName() gives the name of a code", () => {
    assert.equal(languageName("ht"), "haitian creole");
    assert.equal(languageName("english"), undefined);
  });

  it("nearestLanguage() finds a misspelt name", () => {
    assert.equal(nearestLanguage("Englisch"), "english");
    assert.equal(nearestLanguage("purtuguese"), "portuguese");
    assert.equal(nearestLanguage("mandrin"), "mandarin");
  });
});
