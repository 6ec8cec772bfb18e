import assert from "node:assert/strict";
import {
  LANGUAGE_ALIASES,
  languageName,
  LANGUAGES,
  nearestLanguage,
  toLanguageCode,
} from "../../../lib/tokenizer/languages.ts";
import { NATIVE_NAMES, OTHER_CODES } from "../../../lib/tokenizer/language_names.ts";
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

  it("toLanguageCode() takes tags, old codes, codes of three letters, and languages' own names", () => {
    const codes: Record<string, readonly string[]> = {
      en: ["en-US", "en_GB", "eng", "en-001"],
      zh: ["zh-TW", "zh-Hant-HK", "cmn", "中文", "汉语"],
      yue: ["zh-yue", "yue-HK", "粵語"],
      he: ["iw", "iw-IL", "heb", "עברית"],
      jw: ["jv", "jav"],
      no: ["nb", "nb-NO", "nob", "Norsk", "bokmål", "bokmal"],
      nn: ["nn-NO", "nynorsk"],
      de: ["Deutsch", "DEUTSCH", "deu", "ger", "de-CH"],
      fr: ["Français", "francais", "FRA", "Franc\u0327ais"],
      sr: ["sr-Latn-RS", "српски"],
      pt: ["pt_BR"],
      es: ["es-419", "español"],
      tl: ["fil", "fil-PH"],
    };
    for (const [code, names] of Object.entries(codes)) {
      for (const name of names) assert.equal(toLanguageCode(name), code, name);
    }
    for (const [name, code] of [...OTHER_CODES, ...NATIVE_NAMES]) {
      assert.equal(toLanguageCode(name), code, name);
    }
    for (const wrong of ["englsh", "english-US", "xx-US", "en-", "en-glish", "deutsch-DE"]) {
      assert.equal(toLanguageCode(wrong), undefined, wrong);
    }
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
