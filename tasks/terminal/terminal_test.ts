import assert from "node:assert/strict";
import { childEnvironment } from "../stack/child_environment.ts";

const TERMINAL = new URL("./terminal.ts", import.meta.url).href;
const TITLE = "Probe sql at 4,525/s";
// A word that ends where the line does: the blank behind it must not begin the next line.
const DETAIL = `fails, ${"9".repeat(27)} and words that go onto the next line, since they are too many`;

/** What a step leaves on a terminal of 60 columns, or in a pipe. */
async function left(live: boolean, sign: string | null): Promise<string[]> {
  const program = `
    import process from "node:process";
    for (const [name, value] of Object.entries(${live} ? { isTTY: true, columns: 60, rows: 24 } : {})) {
      Object.defineProperty(process.stdout, name, { value });
    }
    const { openTerminal } = await import(${JSON.stringify(TERMINAL)});
    await openTerminal({ json: false }).step(${JSON.stringify(TITLE)}, () =>
      Promise.resolve({ value: 1, detail: ${JSON.stringify(DETAIL)}, sign: ${
    JSON.stringify(sign)
  } ?? undefined }));
  `;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", program],
    env: childEnvironment({ NO_COLOR: "1", TERM: "xterm" }),
    clearEnv: true,
    stderr: "inherit",
  }).output();
  assert.ok(success);
  // deno-lint-ignore no-control-regex
  const text = new TextDecoder().decode(stdout).replace(/\x1b\[[0-9;?]*[a-zA-Z]/g, "");
  return text.slice(text.lastIndexOf(TITLE) - 2).trimEnd().split("\n");
}

for (const live of [true, false]) {
  Deno.test(`a step ends with its sign, later lines under its first, ${live ? "live" : "in a pipe"}`, async () => {
    const [first, ...more] = await left(live, "✗");
    assert.match(first!, /^✗ Probe sql/);
    if (live) assert.ok(more.length > 0);
    for (const line of more) assert.match(line, /^ {2}\S/);
    assert.match((await left(live, null))[0]!, /^✔ Probe sql/);
  });
}
