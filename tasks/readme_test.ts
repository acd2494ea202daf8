import assert from "node:assert/strict";
import { resolve } from "node:path";
import { findProgram } from "./stack/programs.ts";
import { SHORT, withWorkbench } from "./pipeline/testing.ts";

const root = resolve(import.meta.dirname!, "..");
const readme = Deno.readTextFileSync(resolve(root, "README.md"));

/** The commands of the README's shell blocks, in their order. */
const commands = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block]) => block!.trim().split("\n"))
  .filter((line) => line !== "" && !line.startsWith("#"));

Deno.test("the README's commands work as they stand", async (t) => {
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

Deno.test("the README names every task and every option of bench, and no other", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(resolve(root, "deno.json"))) as {
    tasks: Record<string, unknown>;
  };
  const section = readme.slice(readme.indexOf("## Tasks"), readme.indexOf("### Options"));
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  const named = rows.flatMap((row) =>
    [...row.split("|")[1]!.matchAll(/`([a-z]+)/g)].map(([, name]) => name!)
  );
  assert.deepEqual(named.sort(), Object.keys(tasks).sort());
  const help = new TextDecoder().decode(
    (await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", resolve(root, "tasks/bench.ts"), "--help"],
    }).output()).stdout,
  );
  const options = new Set([...help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, name]) => name!));
  options.delete("--help");
  const table = readme.slice(readme.indexOf("### Options"), readme.indexOf("Exit codes"));
  const documented = new Set(
    table.split("\n").filter((line) => line.startsWith("| `")).flatMap((row) =>
      row.split("|")[1]!.match(/--[a-z-]+/g) ?? []
    ),
  );
  assert.deepEqual([...documented].sort(), [...options].sort());
});

Deno.test("every file and folder that the README links to is there", async () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path!);
  assert.ok(links.length > 8);
  for (const link of links) await Deno.stat(resolve(root, link));
});
