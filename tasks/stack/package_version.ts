import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of an installed npm package; its `exports` need not name package.json. */
export function packageFolder(name: string): string {
  for (let at = dirname(fileURLToPath(import.meta.resolve(name)));; at = dirname(at)) {
    const file = join(at, "package.json");
    if (existsSync(file) && (JSON.parse(readFileSync(file, "utf8")) as { name?: string }).name === name) {
      return at;
    }
    if (at === dirname(at)) throw new Error(`Cannot find the folder of the package ${name}`);
  }
}

/** The version of an installed npm package. */
export function packageVersion(name: string): string {
  const text = readFileSync(join(packageFolder(name), "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
