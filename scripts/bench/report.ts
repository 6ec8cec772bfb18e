/** Makes tables of what was measured. */
import { plainWords, wordErrorRate } from "../../lib/eval/evaluate.ts";
import type { ProcessMeasurement } from "./job.ts";
import { describeVariant, type Row } from "./rounds.ts";
import { type Ratio, ratioByRound } from "./statistics.ts";
import { type Cell, formatTable, megabytes, seconds } from "./table.ts";

/** One figure of a measurement. */
type Figure = (measurement: ProcessMeasurement) => number | undefined;

const transcribe: Figure = ({ transcribe }) => Math.min(...transcribe);

/** What is compared, and by which figure; each is better when lower. */
const COMPARED: readonly (readonly [name: string, figure: Figure])[] = [
  ["start to text", ({ startToText }) => startToText],
  ["load", ({ load }) => load],
  ["second load", ({ secondLoad }) => secondLoad],
  ["transcribe", transcribe],
  ["peak RSS", ({ peakRss }) => peakRss],
];

/** The lowest of all rounds. */
function lowest({ measurements }: Row, figure: Figure): number | undefined {
  const values = measurements.map(figure).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : Math.min(...values);
}

/** The numbers of one row, lowest of all rounds, for JSON and the table. */
export function figuresOf(row: Row): Record<string, number | undefined> {
  const { recording: { seconds: length, text } } = row;
  const took = lowest(row, transcribe);
  return {
    startToText: lowest(row, ({ startToText }) => startToText),
    import: lowest(row, (measurement) => measurement.import),
    load: lowest(row, ({ load }) => load),
    secondLoad: lowest(row, ({ secondLoad }) => secondLoad),
    firstText: lowest(row, ({ firstText }) => firstText),
    transcribe: took,
    realTimeFactor: took && length / took,
    wordsPerSecond: took && plainWords(row.measurements[0].text).length / took,
    peakRss: lowest(row, ({ peakRss }) => peakRss),
    wordErrorRate: took && wordErrorRate(text, row.measurements[0].text),
  };
}

/** A table of one kind of work, a line a system; then who did not run, and why. */
export function formatRows(title: string, rows: readonly Row[]): string {
  const header = [
    title,
    "variant",
    "start to text, s",
    "import, s",
    "load, s",
    "second load, s",
    "first text, s",
    "transcribe, s",
    "× real time",
    "words/s",
    "peak RSS, MB",
    "WER",
  ];
  const lines = rows.filter(({ measurements }) => measurements.length > 0).map((row): Cell[] => {
    const of = figuresOf(row);
    return [
      row.system,
      describeVariant(row.variant),
      seconds(of.startToText),
      seconds(of.import),
      seconds(of.load),
      seconds(of.secondLoad),
      seconds(of.firstText),
      seconds(of.transcribe),
      of.realTimeFactor?.toFixed(1),
      of.wordsPerSecond?.toFixed(1),
      megabytes(of.peakRss),
      of.wordErrorRate?.toFixed(3),
    ];
  });
  return withNotes(formatTable(header, lines), rows);
}

/** A table, and under it who did not run, and why. */
function withNotes(table: string, rows: readonly Row[]): string {
  const notes = rows.filter(({ unsupported }) => unsupported !== undefined)
    .map(({ system, variant, unsupported }) => `${system}, ${describeVariant(variant)}: ${unsupported}`);
  return [table, ...new Set(notes)].join("\n");
}

/** A table of recordings one after the other and at once: how many times as many are done at once. */
export function formatMany(rows: readonly Row[]): string {
  const lines = rows.flatMap((row): Cell[][] => {
    const ratio = ratioByRound(
      row.measurements.map(({ oneAfterTheOther }) => oneAfterTheOther),
      row.measurements.map(({ atOnce }) => atOnce),
    );
    if (ratio === undefined) return [];
    const alone = lowest(row, ({ oneAfterTheOther }) => oneAfterTheOther);
    const together = lowest(row, ({ atOnce }) => atOnce);
    return [[
      row.system,
      describeVariant(row.variant),
      seconds(alone),
      seconds(together),
      formatRatio(ratio),
    ]];
  });
  const header = [
    "many at once",
    "variant",
    "one after the other, s",
    "at once, s",
    "throughput, min/median",
  ];
  return withNotes(formatTable(header, lines), rows);
}

/** A table of how cost grows with the recording: the time a minute, beside that of the shortest one. */
export function formatGrowth(rows: readonly Row[]): string {
  const perMinute = (row: Row) => 60 * (lowest(row, transcribe) ?? NaN) / row.recording.seconds;
  const shortest = new Map<string, Row>();
  const key = ({ system, variant }: Row) => `${system}, ${describeVariant(variant)}`;
  for (const row of rows) if (!shortest.has(key(row))) shortest.set(key(row), row);
  const lines = rows.filter(({ measurements }) => measurements.length > 0).map((row): Cell[] => [
    row.system,
    describeVariant(row.variant),
    (row.recording.seconds / 60).toFixed(1),
    seconds(lowest(row, transcribe)),
    seconds(perMinute(row)),
    (perMinute(row) / perMinute(shortest.get(key(row))!)).toFixed(2),
    megabytes(lowest(row, ({ peakRss }) => peakRss)),
    figuresOf(row).wordErrorRate?.toFixed(3),
  ]);
  const header = [
    "growth",
    "variant",
    "minutes",
    "transcribe, s",
    "s a minute",
    "÷ the first",
    "peak RSS, MB",
    "WER",
  ];
  return withNotes(formatTable(header, lines), rows);
}

/** Ratios of one peer's row to one of ours in the same variant. */
export interface Comparison {
  readonly peer: string;
  readonly ours: string;
  readonly variant: string;
  readonly ratios: Readonly<Record<string, Ratio | undefined>>;
}

/** Compares every peer with ours in the same variant; of float32 peers without int8, see the rows. */
export function compareRows(rows: readonly Row[]): Comparison[] {
  const ran = rows.filter(({ measurements }) => measurements.length > 0);
  const peers = ran.filter(({ ours }) => !ours);
  return peers.flatMap((peer) =>
    ran.filter(({ ours, variant }) => ours && describeVariant(variant) === describeVariant(peer.variant))
      .map((ours) => ({
        peer: peer.system,
        ours: ours.system,
        variant: describeVariant(peer.variant),
        ratios: Object.fromEntries(
          COMPARED.map(([name, figure]) => [
            name,
            ratioByRound(peer.measurements.map(figure), ours.measurements.map(figure)),
          ]),
        ),
      }))
  );
}

/** A table of peer ÷ ours in the same round, the lowest and the median of the rounds: above 1 ours is better. */
export function formatComparisons(comparisons: readonly Comparison[]): string {
  return formatTable(
    ["peer ÷ ours, min/median", "ours", "variant", ...COMPARED.map(([name]) => name)],
    comparisons.map(({ peer, ours, variant, ratios }) => [
      peer,
      ours,
      variant,
      ...COMPARED.map(([name]) => formatRatio(ratios[name])),
    ]),
  );
}

function formatRatio(ratio: Ratio | undefined): string | undefined {
  return ratio && `${ratio.min.toFixed(2)}/${ratio.median.toFixed(2)}`;
}
