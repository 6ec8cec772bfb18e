/** What fails under Wine and not on Windows, and why. */
import type { KnownFailure } from "./test_report.ts";

/** Tests that Wine itself makes fail. */
export const WINE_FAILURES: readonly KnownFailure[] = [];
