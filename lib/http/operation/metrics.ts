/** What a server counts, as Prometheus reads it. https://prometheus.io/docs/instrumenting/exposition_formats/ */

/** The labels of a figure, by their names. Their values come from a fixed set, so that there are not too many. */
type Labels = Readonly<Record<string, string>>;

/** Counts that only rise, by labels. */
export class Counter {
  readonly #values = new Map<string, number>();
  readonly #name: string;
  readonly #help: string;

  constructor(name: string, help: string) {
    this.#name = name;
    this.#help = help;
  }

  /** Adds to one. */
  add(labels: Labels, amount = 1): void {
    const key = spell(labels);
    this.#values.set(key, (this.#values.get(key) ?? 0) + amount);
  }

  /** Spells it. */
  toString(): string {
    const lines = [...this.#values].map(([labels, value]) => `${this.#name}${labels} ${value}\n`);
    return head(this.#name, this.#help, "counter") + lines.join("");
  }
}

/** How often a figure was at most so large. */
export class Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;
  #count = 0;

  /** @param bounds Upper bounds in rising order. */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.#name = name;
    this.#help = help;
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  /** Counts a figure. */
  observe(value: number): void {
    this.#bounds.forEach((bound, i) => {
      if (value <= bound) this.#counts[i]++;
    });
    this.#sum += value;
    this.#count++;
  }

  /** Spells it. */
  toString(): string {
    const buckets = [...this.#bounds.map(String), "+Inf"].map((bound, i) =>
      `${this.#name}_bucket{le="${bound}"} ${this.#counts[i] ?? this.#count}\n`
    );
    return head(this.#name, this.#help, "histogram") + buckets.join("") +
      `${this.#name}_sum ${this.#sum}\n${this.#name}_count ${this.#count}\n`;
  }
}

/** Spells a figure of the moment. */
export function gauge(name: string, help: string, values: readonly (readonly [Labels, number])[]): string {
  const lines = values.map(([labels, value]) => `${name}${spell(labels)} ${value}\n`);
  return head(name, help, "gauge") + lines.join("");
}

function head(name: string, help: string, type: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function spell(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escape(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** The content type of the whole. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

const SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

/** What a server counts. */
export class ServerMetrics {
  /** Requests by path and status. */
  readonly requests: Counter = new Counter("sotto_requests_total", "Requests by path and status.");
  /** Seconds from request to answer. */
  readonly requestSeconds: Histogram = new Histogram(
    "sotto_request_seconds",
    "Seconds of transcription requests, from their first byte to the end of the answer.",
    SECONDS,
  );
  /** Seconds that were transcribed. */
  readonly audioSeconds: Counter = new Counter("sotto_audio_seconds_total", "Seconds of audio transcribed.");
  /** Seconds of audio in a second of work. */
  readonly speed: Histogram = new Histogram(
    "sotto_real_time_factor",
    "Seconds of audio transcribed in a second, by request, waiting included.",
    [0.5, 1, 2, 5, 10, 20, 50, 100],
  );
  /** Recordings that went on together. */
  readonly together: Histogram = new Histogram(
    "sotto_batch_size",
    "Recordings at work together, and so in the decoder's runs, by window.",
    [1, 2, 4, 8, 16, 32],
  );
  /** Seconds of loading a model. */
  readonly loadSeconds: Histogram = new Histogram("sotto_model_load_seconds", "Seconds of loading a model.", [
    0.1,
    0.5,
    1,
    5,
    10,
    60,
    300,
  ]);

  /** Spells all, with figures of the moment. */
  spell(...moment: readonly string[]): string {
    return [
      this.requests,
      this.requestSeconds,
      this.audioSeconds,
      this.speed,
      this.together,
      this.loadSeconds,
      ...moment,
    ].join("");
  }
}
