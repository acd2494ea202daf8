import { counted } from "../model/units.ts";
/** Checks notebooks without running them: `deno run -A tasks/notebook/check_main.ts [NOTEBOOK…]`. */
import { join, resolve } from "node:path";
import { readConfig } from "../config.ts";
import { ExitCode } from "../model/errors.ts";
import { main } from "../terminal/command.ts";
import { checkNotebooks, formatProblem } from "./check.ts";
import { listNotebooks } from "./run.ts";

await main(async () => {
  const files = Deno.args.length > 0
    ? Deno.args.map((file) => resolve(file))
    : await listNotebooks(join(readConfig().root, "notebooks"));
  const problems = await checkNotebooks(files);
  for (const problem of problems) console.error(formatProblem(problem));
  console.log(`Checked ${counted(files.length, "notebook")}`);
  return problems.length === 0 ? ExitCode.ok : ExitCode.verdictFailed;
});
