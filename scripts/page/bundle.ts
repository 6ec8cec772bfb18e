/**
 * Browser modules as one script: each in a function of its own, in the order in which they need each other, without the
 * comments that stand on lines of their own. It takes what our modules are made of: imports and exports by name, the
 * latter in front of a declaration. The checks of the page in a browser say whether that is enough.
 */
import { dirname, join, normalize } from "node:path/posix";

const IMPORT = /^import \{([^}]*)\} from "(\.[^"]+)";\n/gm;
const EXPORT = /^export (?=(?:async )?(?:function|class|const) (\w+))/gm;
const COMMENT = /^[ \t]*(?:\/\*\*[\s\S]*?\*\/|\/\/.*)\n/gm;

/**
 * Bundles modules.
 *
 * @param entry The path of the module that starts the rest.
 * @param read Gives the text of a module by its path.
 */
export function bundle(entry: string, read: (path: string) => string): string {
  const names = new Map<string, string>();
  let script = "";
  function take(path: string): string {
    const known = names.get(path);
    if (known !== undefined) return known;
    const name = `module${names.size}`;
    names.set(path, name);
    const imports: string[] = [];
    const source = read(path).replaceAll(COMMENT, "").replaceAll(IMPORT, (_, names, specifier) => {
      const target = normalize(join(dirname(path), specifier));
      imports.push(`const {${names.replaceAll(" as ", ": ")}} = ${take(target)};\n`);
      return "";
    });
    if (/^import /m.test(source)) throw new Error(`${path} imports in a way that is not bundled`);
    const exported = [...source.matchAll(EXPORT)].map(([, name]) => name);
    const body = source.replaceAll(EXPORT, "");
    if (/^export /m.test(body)) throw new Error(`${path} exports in a way that is not bundled`);
    const given = exported.length > 0 ? `return { ${exported.join(", ")} };\n` : "";
    script += `const ${name} = (() => {\n${imports.join("")}${body.trim()}\n${given}})();\n`;
    return name;
  }
  take(entry);
  return `"use strict";\n${script}`;
}
