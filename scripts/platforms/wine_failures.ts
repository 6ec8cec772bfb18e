/** What fails under Wine and not on Windows, and why. */
import type { LeftTest } from "./suite.ts";
import type { KnownFailure } from "./test_report.ts";

/** Tests by what Wine does otherwise than Windows. */
const BY_REASON: Readonly<Record<string, readonly string[]>> = {
  "Wine makes no symbolic links": [
    "gives the real path behind a symbolic link",
    "opens a folder of links, as Hugging Face's cache is",
    "follows a symbolic link to the cache",
    "writes through symbolic links",
    "follows links within the folder, and none out of it",
  ],
  "Wine replaces and removes no file that is open, however it was opened": [
    "refuses a file that was replaced by another file",
    "refuses a file that was replaced by a copy",
    "refuses when the file is gone",
    "what was opened stays readable when its path leads elsewhere",
    "refuses a checkpoint that is swapped for another while it is loaded",
    "refuses a checkpoint of the cache that is swapped between its hashing and its opening",
  ],
  "names have as many bytes here as Windows' have letters, and of a longer one Wine says that there is no such file":
    [
      "writes names as long as a file system takes",
      "tells the first error, not that of tidying up",
      "says why a file cannot be written",
    ],
  "Wine shows Linux's folders /proc and /dev to Windows' programs": [
    "says of another library that it is not ONNX Runtime's",
    "refuses a device",
  ],
  "under Wine, Bun is not told that a connection is refused": [
    "tries the other addresses of a name, and says why none answers",
  ],
  "under Wine, Bun imports nothing from a node_modules that it made (EBADFD)": [
    "takes what JSR calls the packages where they are installed",
  ],
  "under Wine, Bun's bundler opens no folder (EBADFD)": [
    "of bun build transcribes",
    "of bun build --compile transcribes",
  ],
};

/** What tests say by what Wine does otherwise. */
const BY_MESSAGE: Readonly<Record<string, string>> = {
  "under Wine, some connections of many are reset": "Connection reset by peer. (os error 10054)",
};

/** Tests that are not run under Wine. */
export const LEFT_UNDER_WINE: readonly LeftTest[] = [{
  runtime: "bun",
  file: "tests/lib/audio/source_test.ts",
  test: "says what a server answered, and keeps the query of the address to itself",
  reason: "under Wine, Bun is not told that a connection is refused",
}, {
  runtime: "bun",
  file: "tests/scripts/examples_test.ts",
  reason: "under Wine, Bun imports nothing from a node_modules that it made (EBADFD)",
}];

/** Tests that Wine itself makes fail. */
export const WINE_FAILURES: readonly KnownFailure[] = [
  ...Object.entries(BY_REASON).flatMap(([reason, tests]) => tests.map((test) => ({ test, reason }))),
  ...Object.entries(BY_MESSAGE).map(([reason, message]) => ({ message, reason })),
];
