/** npm packages that only tests use, on both runtimes. */
import { bunPackageFile } from "../../../ffi/system/bun_package.ts";

/** A package, or why there is none. */
export interface NpmPackage<Module> {
  readonly module: Module;
  readonly missing: string | undefined;
}

/**
 * Imports a package.
 *
 * @param onDeno The import, with a literal, so that its types are known.
 * @param file The file that Bun imports, where its main one is not for it.
 */
export async function npmPackage<Module>(
  name: string,
  version: string,
  onDeno: () => Promise<Module>,
): Promise<NpmPackage<Module>> {
  try {
    const module = "Deno" in globalThis
      ? await onDeno()
      : await import(bunPackageFile(name, version)) as Module;
    return { module, missing: undefined };
  } catch (error) {
    return {
      module: undefined as Module,
      missing: `npm's ${name} cannot be had: ${(error as Error).message}`,
    };
  }
}
