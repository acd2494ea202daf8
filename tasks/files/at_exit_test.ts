import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep } from "../net/sleep.ts";

const tasks = join(import.meta.dirname!, "..");

Deno.test("a task that leaves at once takes its programs and its temporary folders with it", async () => {
  const directory = { path: mkdtempSync(join(tmpdir(), "benchbook-test-")) };
  using _removed = { [Symbol.dispose]: () => rmSync(directory.path, { recursive: true, force: true }) };
  const parent = join(directory.path, "tmp");
  mkdirSync(parent);
  const script = join(directory.path, "leaves.ts");
  await Deno.writeTextFile(
    script,
    `import process from "node:process";
     import { runProgram } from ${JSON.stringify(join(tasks, "stack/programs.ts"))};
     import { temporaryFolder, temporaryFolderIn } from ${JSON.stringify(join(tasks, "files/temporary.ts"))};
     const kept = [temporaryFolder("benchbook-a-"), temporaryFolderIn(${JSON.stringify(parent)}, "work-")];
     temporaryFolderIn(${JSON.stringify(parent)}, "over-").remove();
     void runProgram("sh", ["-c", "echo $$ > " + kept[0].path + "/../pid; exec sleep 600"]);
     const file = kept[0].path + "/../pid";
     const look = setInterval(() => {
       try {
         if (!Deno.readTextFileSync(file).endsWith("\\n")) return;
       } catch {
         return;
       }
       clearInterval(look);
       process.exit(130);
     }, 20);`,
  );
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", script],
    cwd: join(tasks, ".."),
    env: { TMPDIR: parent },
  }).output();
  assert.equal(code, 130, new TextDecoder().decode(stderr));
  assert.deepEqual([...Deno.readDirSync(parent)].map(({ name }) => name), ["pid"]);
  const pid = (await Deno.readTextFile(join(parent, "pid"))).trim();
  for (let wait = 0; wait < 1200 && isRunning(pid); wait++) await sleep(50);
  assert.equal(isRunning(pid), false, `process ${pid} still runs`);
});

/** A dead child of a process that has ended may stay as a zombie for a moment. */
function isRunning(pid: string): boolean {
  if (!existsSync(`/proc/${pid}`)) return false;
  try {
    return !/^State:\s*Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}
