/** Which prepared model a load can use: what it must have been made from, and where it is kept. */
import { createHash } from "node:crypto";
import type { OrtLibrary } from "../../../ffi/library.ts";
import { describeProcessor } from "../../../ffi/system/processor.ts";
import { preparedFolder } from "../../checkpoint/cache/prepared_folder.ts";
import type { CpuPrecision } from "../model_precision.ts";
import { GRAPHS_DIGEST, PREPARATION } from "./graphs_digest.ts";
import type { Dependencies } from "./manifest.ts";

/** A prepared model, there or not. */
export interface WantedModel {
  /** Its folder. */
  readonly folder: string;
  readonly precision: CpuPrecision;
  /** What it must have been made from. */
  readonly dependencies: Dependencies;
}

/**
 * Says which prepared model is wanted.
 *
 * @param root The folder of the cache.
 * @param sha256 The checkpoint's, in hexadecimal.
 * @returns Nothing where the processor cannot be told from others.
 */
export async function wantedModel(
  library: OrtLibrary,
  root: string,
  { sha256, precision }: { readonly sha256: string; readonly precision: CpuPrecision },
): Promise<WantedModel | undefined> {
  const processor = describeProcessor(library.ffi);
  if (processor === undefined) return undefined;
  const short = createHash("sha256").update(processor).digest("hex").slice(0, 8);
  const key = { sha256, precision, library: library.version, processor: short };
  return {
    folder: await preparedFolder(root, key),
    precision,
    dependencies: {
      sha256,
      precision,
      graphs: `${GRAPHS_DIGEST} ${PREPARATION}`,
      library: `${library.version} ${library.build}`,
      processor,
    },
  };
}
