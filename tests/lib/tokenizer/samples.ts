/**
 * Texts and tokens to compare the tokenizer with the reference on: the same ones at every run, made from the
 * blocks of Unicode by a seeded generator. Run as a program it prints them as JSON for
 * `scripts/reference/make_tokenizer_reference.py`.
 */
import process from "node:process";
import { seededUniform } from "../../seeded_random.ts";

/** A script: some words of it, and ranges of its letters and marks. */
type Script = readonly [words: string, ...ranges: readonly (readonly [from: number, to: number])[]];

/** The scripts. Their characters are old enough for every runtime's Unicode tables to have them. */
export const SCRIPTS: Readonly<Record<string, Script>> = {
  latin: ["the quick brown Fox can't jump over 13 lazy dogs", [0x41, 0x5a], [0x61, 0x7a]],
  latin1: ["déjà vu, où êtes-vous? Straße, mañana, coração", [0xc0, 0xd6], [0xd8, 0xf6], [0xf8, 0xff]],
  latinExtended: ["zażółć gęślą jaźń İstanbul'da şimdi příliš žluťoučký", [0x100, 0x24f], [0x1e00, 0x1eff]],
  vietnamese: ["xin chào các bạn, hôm nay trời đẹp quá", [0x1ea0, 0x1ef9]],
  phonetic: ["ˈtiːtʃə ðɪs ɪz ə tɛst", [0x250, 0x2af], [0x2b0, 0x2ff]],
  greek: ["καλημέρα κόσμε, τι κάνεις σήμερα;", [0x391, 0x3a1], [0x3a3, 0x3ce], [0x1f00, 0x1f15]],
  coptic: ["ⲁⲛⲟⲕ ⲡⲉ", [0x2c80, 0x2ce4]],
  cyrillic: ["доброе утро, как дела? Привіт, як справи?", [0x400, 0x481], [0x48a, 0x52f]],
  glagolitic: ["ⰳⰾⰰⰳⱁⰾⱏ", [0x2c00, 0x2c2e], [0x2c30, 0x2c5e]],
  armenian: ["բարի լույս, ինչպես եք", [0x531, 0x556], [0x561, 0x586]],
  georgian: ["დილა მშვიდობისა, როგორ ხარ", [0x10d0, 0x10fa]],
  hebrew: ["שלום לכולם, מה שלומך היום", [0x5d0, 0x5ea], [0x591, 0x5bd]],
  arabic: ["صباح الخير، كيف حالك اليوم؟", [0x621, 0x64a], [0x64b, 0x65f]],
  persian: ["سلام دنیا، حال شما چطور است", [0x671, 0x6d3]],
  syriac: ["ܫܠܡܐ ܥܠܡܐ", [0x710, 0x72f], [0x730, 0x74a]],
  thaana: ["ދިވެހި ބަސް", [0x780, 0x7a5], [0x7a6, 0x7b0]],
  nko: ["ߒߞߏ ߞߊ߲", [0x7ca, 0x7ea], [0x7eb, 0x7f3], [0x7c0, 0x7c9]],
  devanagari: ["नमस्ते दुनिया, आप कैसे हैं", [0x904, 0x939], [0x93c, 0x94d], [0x966, 0x96f]],
  bengali: ["সুপ্রভাত, কেমন আছেন", [0x985, 0x98c], [0x995, 0x9a8], [0x9be, 0x9c4]],
  gurmukhi: ["ਸਤ ਸ੍ਰੀ ਅਕਾਲ ਦੁਨੀਆ", [0xa05, 0xa0a], [0xa13, 0xa28], [0xa3e, 0xa42]],
  gujarati: ["કેમ છો, સુપ્રભાત", [0xa85, 0xa8d], [0xa93, 0xaa8], [0xabe, 0xac5]],
  oriya: ["ନମସ୍କାର ଦୁନିଆ", [0xb05, 0xb0c], [0xb13, 0xb28], [0xb3e, 0xb44]],
  tamil: ["வணக்கம் உலகம், எப்படி இருக்கிறீர்கள்", [0xb85, 0xb8a], [0xbae, 0xbb9], [0xbbe, 0xbc2]],
  telugu: ["నమస్కారం ప్రపంచం", [0xc05, 0xc0c], [0xc12, 0xc28], [0xc3e, 0xc44]],
  kannada: ["ನಮಸ್ಕಾರ ಪ್ರಪಂಚ", [0xc85, 0xc8c], [0xc92, 0xca8], [0xcbe, 0xcc4]],
  malayalam: ["നമസ്കാരം ലോകമേ", [0xd05, 0xd0c], [0xd12, 0xd28], [0xd3e, 0xd44]],
  sinhala: ["සුභ උදෑසනක් ලෝකය", [0xd85, 0xd96], [0xd9a, 0xdb1], [0xdcf, 0xdd4]],
  thai: ["สวัสดีชาวโลก วันนี้อากาศดี", [0xe01, 0xe3a], [0xe40, 0xe4e], [0xe50, 0xe59]],
  lao: ["ສະບາຍດີຊາວໂລກ", [0xe94, 0xe97], [0xe99, 0xe9f], [0xeb0, 0xeb9]],
  tibetan: ["བཀྲ་ཤིས་བདེ་ལེགས།", [0xf40, 0xf47], [0xf49, 0xf6c], [0xf71, 0xf84], [0xf20, 0xf33]],
  myanmar: ["မင်္ဂလာပါ ကမ္ဘာလောက", [0x1000, 0x102a], [0x102b, 0x103e], [0x1040, 0x1049]],
  khmer: ["សួស្តី​ពិភពលោក", [0x1780, 0x17b3], [0x17b6, 0x17d3], [0x17e0, 0x17e9]],
  mongolian: ["ᠰᠠᠶᠢᠨ ᠪᠠᠶᠢᠨ᠎ᠠ", [0x1820, 0x1877], [0x1810, 0x1819]],
  javanese: ["ꦱꦸꦒꦼꦁ ꦲꦺꦚ꧀ꦗꦁ", [0xa984, 0xa9b2], [0xa9b3, 0xa9c0]],
  hangul: ["안녕하세요 세계, 오늘 날씨가 좋네요", [0xac00, 0xd7a3], [0x1100, 0x11ff]],
  hiragana: ["おはようございます、今日はいい天気ですね。", [0x3041, 0x3096], [0x3099, 0x309f]],
  katakana: ["コンピューターとソフトウェア", [0x30a1, 0x30ff], [0xff66, 0xff9f]],
  bopomofo: ["ㄅㄆㄇㄈ ㄓㄨㄥ", [0x3105, 0x312d]],
  han: ["你好，世界！今天天气很好，我們去公園吧。", [0x4e00, 0x9fa5], [0x3400, 0x4db5], [0x20000, 0x2a6d6]],
  yi: ["ꆈꌠꁱꂷ", [0xa000, 0xa48c]],
  ethiopic: ["ሰላም ለዓለም፣ እንዴት ነህ", [0x1200, 0x1248], [0x1369, 0x137c]],
  cherokee: ["ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ", [0x13a0, 0x13f4]],
  syllabics: ["ᐃᓄᒃᑎᑐᑦ", [0x1401, 0x166c]],
  ogham: ["᚛ᚑᚌᚐᚋ᚜", [0x1681, 0x169a]],
  runic: ["ᚠᚢᚦᚨᚱᚲ", [0x16a0, 0x16ea], [0x16ee, 0x16f0]],
  tifinagh: ["ⵜⵉⴼⵉⵏⴰⵖ", [0x2d30, 0x2d65]],
  vai: ["ꕙꔤ", [0xa500, 0xa60c], [0xa620, 0xa629]],
  linearB: ["𐀀𐀁𐀂", [0x10000, 0x1000b], [0x1000d, 0x10026]],
  gothic: ["𐌲𐌿𐍄𐌰𐍂𐌰𐌶𐌳𐌰", [0x10330, 0x1034a]],
  deseret: ["𐐔𐐯𐑅𐐨𐑉𐐯𐐻", [0x10400, 0x1044f]],
  cuneiform: ["𒀀𒀁𒀂", [0x12000, 0x1236e], [0x12400, 0x12462]],
  hieroglyphs: ["𓀀𓁐𓂀", [0x13000, 0x1342e]],
  mathematical: ["𝒽𝑒𝓁𝓁𝑜 𝟙𝟚𝟛", [0x1d400, 0x1d454], [0x1d7ce, 0x1d7ff]],
  numbers: ["½ ⅓ Ⅷ ² ³ ① ㊿ 一二三 ٣٤٥ १२३", [0x2150, 0x2188], [0x2460, 0x249b], [0x660, 0x669]],
  combining: ["Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢", [0x300, 0x36f], [0x1ab0, 0x1abd], [0x20d0, 0x20f0]],
  emoji: ["👩‍👩‍👧‍👦 👍🏽 🇫🇷 ❤️ 1️⃣", [0x1f300, 0x1f5ff], [0x1f600, 0x1f64f], [0x1f3fb, 0x1f3ff]],
  symbols: ["♪♫ → ∑ ≤ € £ ™ ©", [0x2190, 0x22ff], [0x2640, 0x267f], [0x20a0, 0x20b5]],
  privateUse: ["\ue000\uf8ff", [0xe000, 0xe0ff], [0xf0000, 0xf00ff]],
};

const SPACES =
  " |  |     |\n|\n\n|\r\n|\t| \n |\u00a0|\u0085|\u3000|\u2009|\u2028|\u202f|\ufeff|\u200b|\u001c|\u001f|\u000b|\u180e|\u1680"
    .split("|");

const CONTRACTIONS =
  "don't|it's|we're|I've|I'm|they'll|he'd|DON'T|I'LL|l'été|’s|''s|o'clock|'tis|rock'n'roll|'| '|' |'x| 's|'re9|'vé"
    .split("|");

const PUNCTUATION = [
  ..."!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~«»“”„‚‘’…–—¿¡·、。「」『』，！？؟،।",
  ..."... ?! -- --> <|endoftext|> <|0.00|> http://a.b/c?d=e&f a@b.co \\n </s>".split(" "),
];

const ODD = "\ud800|\udc00|\ud83d|a\udfffb|\u0000|\u007f|\ufffd|\uffff|\u{10ffff}|\u200d|\u202e|\u00ad|\ufe0f"
  .split("|");

/** Choices that look random and are the same at every run. */
export class Random {
  readonly #uniform: () => number;

  constructor(seed: number) {
    this.#uniform = seededUniform(seed);
  }

  /** A whole number from 0 to `count - 1`. */
  below(count: number): number {
    return Math.floor(this.#uniform() * count);
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }
}

/** 200 texts of every script, 11,600 in all, and the nine of extreme length. */
export function sampleTexts(): string[] {
  const random = new Random(20250625);
  const scripts = Object.values(SCRIPTS);
  const texts = Array.from({ length: 200 * scripts.length }, (_, i) => {
    const script = scripts[i % scripts.length];
    return Array.from({ length: 1 + random.below(10) }, () => samplePart(random, script)).join("");
  });
  const long = ["a", "ab", "é", "=", "7", "你", "ha ", "\n", "zxqj"].map((text) => text.repeat(5000));
  return [...texts, ...long];
}

function samplePart(random: Random, script: Script): string {
  const [words, ...ranges] = script;
  const kind = random.below(16);
  if (kind < 5) return (random.below(2) ? " " : "") + random.pick(words.split(" "));
  if (kind < 9) return Array.from({ length: 1 + random.below(6) }, () => letter(random, ranges)).join("");
  if (kind === 9) return random.pick(PUNCTUATION);
  if (kind === 10) return random.pick(SPACES);
  if (kind === 11) return random.pick(CONTRACTIONS);
  if (kind === 12) return String(random.below(10 ** (1 + random.below(9))));
  if (kind === 13) return letter(random, ranges).repeat(1 + random.below(40));
  if (kind === 14) return samplePart(random, random.pick(Object.values(SCRIPTS)));
  return random.pick(random.below(4) ? SPACES : ODD);
}

function letter(random: Random, ranges: readonly (readonly [number, number])[]): string {
  const [from, to] = random.pick(ranges);
  return String.fromCodePoint(from + random.below(to - from + 1));
}

/**
 * 3,000 sequences of tokens, of a vocabulary whose text tokens are those below `eot`: single bytes (so that
 * most are broken UTF-8), other text, and now and then a special token.
 */
export function sampleTokens(eot: number, vocabularySize: number): number[][] {
  const random = new Random(50257);
  return Array.from({ length: 3000 }, (_, i) => {
    const bytesInTen = i % 11;
    return Array.from({ length: 1 + random.below(20) }, () => {
      if (random.below(10) < bytesInTen) return random.below(256);
      return random.below(20) ? random.below(eot) : eot + random.below(vocabularySize - eot);
    });
  });
}

if (import.meta.main) {
  const tokens = { gpt2: sampleTokens(50256, 51864), multilingual: sampleTokens(50257, 51866) };
  process.stdout.write(JSON.stringify({ texts: sampleTexts(), tokens }));
}
