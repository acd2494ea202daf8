import { join } from "node:path";

/**
 * The documentation that `ok` checks: what scenarios and notebooks of a user import, and the nouns and
 * formulas that the rest is written in.
 */
const FOLDERS = ["tasks/model", "tasks/stats", "tasks/random"];
const FILES = ["tasks/charts/mod.ts", "tasks/store/read.ts"];

const inFolders = FOLDERS.flatMap((folder) =>
  [...Deno.readDirSync(folder)]
    .map(({ name }) => join(folder, name))
    .filter((path) => path.endsWith(".ts") && !path.endsWith("_test.ts") && !path.endsWith("/testing.ts"))
);
const lint = new Deno.Command(Deno.execPath(), { args: ["doc", "--lint", ...inFolders, ...FILES] }).spawn();
Deno.exit((await lint.status).code);
