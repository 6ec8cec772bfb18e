/** The error of a library that cannot be had. It stands alone: who catches it needs nothing of what opens the library. */
import { ONNXRUNTIME_VERSION, ORT_API_VERSION } from "../onnxruntime_version.ts";
import { missingPermission } from "../permission.ts";
import { LIBRARY_VARIABLE, type LibraryObstacle } from "../system/library_obstacle.ts";

/** One place the library was looked for. */
export interface LibraryPlace {
  /** Who named the place, as `"the library option"`. */
  readonly place: string;
  /** The file, if there was one to open. */
  readonly path?: string;
  /** Why it is not used. */
  readonly reason: string;
}

/** Thrown when ONNX Runtime's shared library is missing, is another library or is too old, or may not be opened. */
export class LibraryLoadError extends Error {
  /** The name of this class. */
  override name = "LibraryLoadError";
  /** The code of this class. */
  readonly code = "LIBRARY_LOAD";
  /** Every place that was tried, in order. */
  readonly tried: readonly LibraryPlace[];
  /** The version of the library that was found, if one was. */
  readonly found?: string;
  /** What keeps this system from it, where that is known: another installation does not help then. */
  readonly obstacle?: LibraryObstacle;
  /** The version wanted. */
  readonly wanted = `1.${ORT_API_VERSION} or newer`;

  /** Makes the error from its fields. */
  constructor(tried: readonly LibraryPlace[], found?: string, options?: ErrorOptions) {
    super(
      `Cannot load ONNX Runtime: ${missingPermission(options?.cause) ?? explain(tried, options?.cause)}`,
      options,
    );
    this.tried = tried;
    this.found = found;
    if (options?.cause instanceof UnusableLibraryError) this.obstacle = options.cause.obstacle;
  }
}

function explain(tried: readonly LibraryPlace[], cause: unknown): string {
  const places = tried.map(({ place, path, reason }) => `${place}${path ? ` (${path})` : ""}: ${reason}`);
  const install =
    "Install the npm package onnxruntime-node, or give the path of the file as the library option " +
    `or in ${LIBRARY_VARIABLE}`;
  const advice = cause instanceof UnusableLibraryError ? cause.advice : undefined;
  return `${places.join("; ")}; wanted its shared library, version 1.${ORT_API_VERSION} or newer. ${
    advice ?? install
  }`;
}

/** What the library's errors are thrown with before it is known which place they belong to. */
export class UnusableLibraryError extends Error {
  /** The version of the library, if there is one. */
  readonly found?: string;
  /** What helps, unless it is another installation. */
  readonly advice?: string;
  readonly obstacle?: LibraryObstacle;

  /** Makes the error from its fields. */
  constructor(
    message: string,
    fields: { found?: string; advice?: string; obstacle?: LibraryObstacle; cause?: unknown } = {},
  ) {
    super(message, { cause: fields.cause });
    this.found = fields.found;
    this.advice = fields.advice;
    this.obstacle = fields.obstacle;
  }
}

/** The error of a version that is too old. */
export function tooOldLibrary(version: string, path?: string): UnusableLibraryError {
  const where = path === undefined ? "" : `, the one found first from here (for ${path})`;
  return new UnusableLibraryError(`it is version ${version}, which is too old${where}`, {
    found: version,
    advice: `Take a newer one: ${ONNXRUNTIME_VERSION} is known to work`,
  });
}
