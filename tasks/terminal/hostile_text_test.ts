import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { withTempHome } from "../stack/testing.ts";
import { openStore } from "../store/open.ts";
import { insertRun } from "../store/runs.ts";
import { bareRun } from "../store/testing.ts";
import { withPseudoTerminal } from "../testing/pseudo_terminal.ts";

const TASKS = resolve(import.meta.dirname!, "..");
/** Sets the window's title, clears the screen, and goes on for long. */
const EVIL = `\x1b]0;owned\x07\x1b[2J\x9b2J\u202e${"x".repeat(5000)}`;

/** A step whose title, progress, note and end are somebody else's, and a line. */
const STEP = `
import { openTerminal } from ${JSON.stringify(import.meta.resolve("./terminal.ts"))};
const evil = Deno.env.get("EVIL");
const terminal = openTerminal({ json: false });
await terminal.step(evil, async (progress) => {
  progress(evil);
  progress.note(evil);
  await new Promise((resolve) => setTimeout(resolve, 300));
  return { value: 1, detail: evil };
});
terminal.print(evil);
`;

/** What a program showed in a terminal. */
async function shown(home: string, args: readonly string[]): Promise<string> {
  const env = { BENCHBOOK_HOME: home, BENCHBOOK_REPORTS: join(home, "reports"), EVIL, NO_COLOR: "1" };
  const command = [Deno.execPath(), "run", "-A", "--quiet", "--no-check", ...args];
  return await withPseudoTerminal(command, { env, columns: 200, rows: 50 }, async (terminal) => {
    const { code } = await terminal.ended;
    assert.equal(code, 0, terminal.output());
    return terminal.output();
  });
}

function assertHarmless(text: string): void {
  assert.match(text, /\\x1b\]0;owned\\x07/, "what it was is spelt out");
  for (const code of ["\x1b]", "\x1b[2J", "\x07", "\x9b", "\u202e"]) {
    assert.ok(!text.includes(code), JSON.stringify(code));
  }
}

Deno.test("in a terminal no step, list or log obeys what somebody else has put there", () =>
  withTempHome(async (home) => {
    await Deno.writeTextFile(join(home, "step.ts"), STEP);
    assertHarmless(await shown(home, ["--config", join(TASKS, "../deno.json"), join(home, "step.ts")]));

    const environment = { dataset: { name: "d", scale: "s" }, services: [] } as never;
    const store = await openStore(join(home, "reports", "benchbook.duckdb"), { mode: "write" });
    await insertRun(store, bareRun("R1", { environment, label: EVIL, scenario: EVIL }));
    store.close();
    assertHarmless(await shown(home, [join(TASKS, "runs.ts")]));

    await Deno.mkdir(join(home, "logs"));
    await Deno.writeTextFile(join(home, "logs", "redis.log"), `${EVIL}\n`);
    assertHarmless(await shown(home, [join(TASKS, "logs.ts"), "redis"]));
  }));

Deno.test("in a pipe a log is the file as it is", () =>
  withTempHome(async (home) => {
    await Deno.mkdir(join(home, "logs"));
    await Deno.writeTextFile(join(home, "logs", "redis.log"), `${EVIL}\n`);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-check", join(TASKS, "logs.ts"), "redis"],
      env: { BENCHBOOK_HOME: home },
    }).output();
    assert.equal(new TextDecoder().decode(stdout), `${EVIL}\n`);
  }));
