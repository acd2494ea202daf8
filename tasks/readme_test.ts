import assert from "node:assert/strict";
import { resolve } from "node:path";
import { findProgram } from "./stack/programs.ts";
import { pageNames } from "./docs/pages.ts";
import { SHORT, withWorkbench } from "./pipeline/testing.ts";

const root = resolve(import.meta.dirname!, "..");
const pages = pageNames(root).map((page) => Deno.readTextFileSync(resolve(root, page))).join("\n");

/** The commands of the shell blocks of README and docs, in their order. */
const commands = [...pages.matchAll(/^ *```sh\n([\s\S]*?)```/gm)]
  .flatMap(([, block]) => block!.split("\n").map((line) => line.trim()))
  .filter((line) => line !== "" && !line.startsWith("#"));

Deno.test("the commands of README and docs work as they stand", async (t) => {
  assert.ok(commands.length >= 9, `${commands.length} commands`);
  await withWorkbench(async (bench) => {
    for (const command of commands) {
      // These very tests; and a full measurement takes a minute: the same way is gone in short.
      if (command.endsWith("task test")) continue;
      // A PDF takes a browser, and once is enough.
      const short = command === commands[0] ? SHORT : [...SHORT, "--no-pdf"];
      const line = command.includes("task bench") ? `${command} ${short.join(" ")}` : command;
      // npx finds the same Deno each time, and takes a second for it: once shows that it does.
      const byNpx = command === commands[0] && findProgram("npx") !== null;
      await t.step(command, async () => {
        const { code, stdout, stderr } = await new Deno.Command("sh", {
          args: ["-c", byNpx ? line : line.replace("npx -y deno", Deno.execPath())],
          cwd: root,
          env: {
            BENCHBOOK_HOME: bench.home,
            BENCHBOOK_REPORTS: bench.reports,
            DATABASE_URL: "",
            REDIS_URL: "",
            GRAPHQL_URL: "",
            NO_COLOR: "1",
          },
          stdin: "null",
        }).output();
        const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
        // A short run on a busy machine may rightly find itself invalid.
        const invalid = command.includes("task bench") && code === 4 && /^INVALID/m.test(said);
        assert.ok(code === 0 || invalid, `exit ${code}\n${said}`);
      });
    }
  }, { onDisk: true });
});
