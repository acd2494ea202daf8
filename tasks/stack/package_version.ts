import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";

/** The version of an installed npm package. */
export function packageVersion(name: string): string {
  const file = findPackageJSON(name, import.meta.url);
  if (file === undefined) throw new Error(`Cannot find the package ${name}`);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
