/** What there is to know of a machine on which Sotto is to run: plain values, as the probes find them. */

/** What a probe found, or why it could not find out. */
export type Fact<T> = { readonly value: T } | { readonly failure: string };

/** A permission that Deno may deny. */
export interface Permission {
  /** As `"--allow-read"`. */
  readonly flag: string;
  /** What it is narrowed to, as it stands after the flag. */
  readonly what?: string;
  /** What it is for. */
  readonly use: string;
  /** Whether no model runs without it. */
  readonly isNeeded: boolean;
  readonly isGranted: boolean;
}

/** ONNX Runtime, opened. */
export interface LibraryFacts {
  readonly path: string;
  /** As `"1.30.0"`. */
  readonly version: string;
  /** The execution providers that it is built with. */
  readonly providers: readonly string[];
  readonly telemetryOff: boolean;
  /** Why it cannot use NVIDIA's devices, if it cannot. */
  readonly cudaObstacle?: string;
}

/** NVIDIA's driver and its devices. */
export interface GpuFacts {
  /** Whether CUDA has a device here. */
  readonly isReady: boolean;
  /** Whether there is a driver at all: most machines have none, and that is no fault. */
  readonly hasDriver: boolean;
  /** As `"12.4"`, the version of CUDA that the driver knows. */
  readonly driverVersion?: string;
  /** Why there is no device to use. */
  readonly reason?: string;
  /** Each device in words. */
  readonly devices: readonly string[];
}

/** How int8 models multiply on the processor. */
export interface Int8Facts {
  /** What products of bytes are like. */
  readonly byteProducts: string;
  /** The operators that are taken for that, by the part of the model. */
  readonly operators: Readonly<Record<string, string>>;
}

/** A model of the cache. */
export interface ModelFacts {
  readonly name: string;
  /** Bytes of its file, or of the part that is there. */
  readonly bytes: number;
  readonly isComplete: boolean;
  /** What was prepared from it: precision, version of ONNX Runtime and bytes. */
  readonly prepared: readonly {
    readonly precision: string;
    readonly library: string;
    readonly bytes: number;
  }[];
}

/** The cache. */
export interface CacheFacts {
  readonly folder: string;
  /** Whether it can be written, or made. */
  readonly isWritable: boolean;
  /** Bytes free on its disk, if the system tells. */
  readonly freeBytes?: number;
  /** The official models in it. */
  readonly models: readonly ModelFacts[];
}

/** What the self-test came to. */
export interface SelfTestFacts {
  readonly seconds: number;
  /** Whether the tokens are those that are known. */
  readonly isRight: boolean;
  readonly tokens: readonly number[];
}

/** Everything. */
export interface Facts {
  readonly sotto: Fact<string>;
  readonly runtime: Fact<{
    readonly name: string;
    readonly version: string;
    readonly platform: string;
    readonly arch: string;
  }>;
  /** None on a runtime that denies nothing. */
  readonly permissions: Fact<readonly Permission[]>;
  /** Whether each module of `@std` is JSR's or the runtime's own. */
  readonly std: Fact<Readonly<Record<string, "@std" | "node">>>;
  readonly library: Fact<LibraryFacts>;
  /** The processor's instructions, or its model where the system tells no more. */
  readonly processor: Fact<string>;
  readonly int8: Fact<Int8Facts>;
  readonly threads: Fact<{ readonly cores: number; readonly byDefault: number }>;
  readonly gpu: Fact<GpuFacts>;
  readonly cache: Fact<CacheFacts>;
  /** The version of `ffmpeg`; `null` where there is none. */
  readonly ffmpeg: Fact<string | null>;
  /** Only where it was asked for. */
  readonly selfTest?: Fact<SelfTestFacts>;
}

/** What finds each fact out. */
export type Probes = {
  readonly [Name in keyof Facts]: () =>
    | Value<NonNullable<Facts[Name]>>
    | Promise<Value<NonNullable<Facts[Name]>>>;
};

type Value<F> = F extends { readonly value: infer T } ? T : never;
