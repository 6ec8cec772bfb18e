/** What a dry run of `deno publish` says is in the package. */

/** A file of the package. */
export interface PackageFile {
  /** From the top of the package, with `/` between folders. */
  readonly path: string;
  readonly bytes: number;
}

const UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/**
 * Reads the list of files.
 *
 * @param output What was printed, without colours.
 * @param root The address of the package's folder, with a slash at its end.
 */
export function packageFiles(output: string, root: string): PackageFile[] {
  const lines = output.matchAll(/^ +(file:\/\/.+) \(([\d.]+)(B|KB|MB|GB)\)$/gm);
  return Array.from(lines, ([, address, size, unit]) => ({
    path: decodeURIComponent(address.replace(root, "")),
    bytes: Math.round(Number(size) * UNITS[unit]),
  }));
}

/** Folders that are told by themselves, largest first. */
const TOLD = 4;

/** Sums a package up in one line: how many files, how large, and where most of it lies. */
export function sumUp(files: readonly PackageFile[], limit: number): string {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const folders = new Map<string, number>();
  for (const { path, bytes } of files) {
    const folder = path.split("/").slice(0, -1).slice(0, 2).join("/") || "the top";
    folders.set(folder, (folders.get(folder) ?? 0) + bytes);
  }
  const largest = [...folders].sort(([, a], [, b]) => b - a).slice(0, TOLD)
    .map(([folder, bytes]) => `${folder} ${megabytes(bytes)}`);
  return `The package has ${files.length} files, ${megabytes(total)} of the ${
    megabytes(limit)
  } that JSR takes: ` +
    `${largest.join(", ")}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;
}
