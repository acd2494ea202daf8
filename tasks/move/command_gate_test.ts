import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../net/testing.ts";
import { identify } from "../stack/process.ts";
import { withTempHome } from "../stack/testing.ts";
import { commandGate, type CommandGateOptions } from "./command_gate.ts";

const URLS = {
  source: "postgres://user:s3cr3t-source@old.example:5432/shop",
  target: "postgres://user:s3cr3t-target@new.example:5433/shop%20two",
};

/** Runs `use` with a gate by this script, and what reads the file `told` beside it. */
async function withCommand(
  script: string,
  use: (
    gate: ReturnType<typeof commandGate>,
    told: () => string[],
    output: string[],
    isTold: () => boolean,
  ) => Promise<void>,
  options: Partial<CommandGateOptions> = {},
): Promise<void> {
  await withTempHome(async (home) => {
    const told = join(home, "told");
    const output: string[] = [];
    const command = `told='${told}'; ${script}`;
    const gate = commandGate({
      command,
      urls: URLS,
      log: join(home, "on-switch.log"),
      onOutput: (text) => output.push(text),
      ...options,
    });
    const read = () => existsSync(told) ? Deno.readTextFileSync(told) : "";
    await use(gate, () => read().trimEnd().split("\n"), output, () => read().endsWith("\n"));
  });
}

const TELL =
  `echo "$BENCHBOOK_SWITCH $BENCHBOOK_SWITCH_TO $BENCHBOOK_SWITCH_HOST:$BENCHBOOK_SWITCH_PORT/$BENCHBOOK_SWITCH_DATABASE" >> "$told"`;

Deno.test("a command is told what clients are to do, and where they go", () =>
  withCommand(`${TELL}; echo said`, async (gate, told, output) => {
    await gate.prepare("target");
    await gate.close();
    await gate.open("target");
    await gate.close();
    await gate.open("source");
    assert.deepEqual(told(), [
      "prepare target new.example:5433/shop two",
      "close target new.example:5433/shop two",
      "open target new.example:5433/shop two",
      "close source old.example:5432/shop",
      "open source old.example:5432/shop",
    ]);
    assert.deepEqual(output, Array(5).fill("said"));
  }));

Deno.test("a command is told no password", () =>
  withCommand(`{ env; echo "$0 $*"; } > "$told"`, async (gate, told) => {
    await gate.prepare("target");
    assert.ok(told().includes("BENCHBOOK_SWITCH=prepare"));
    assert.doesNotMatch(told().join("\n"), /s3cr3t/);
  }));

Deno.test("a command that fails to hold back its clients is told to let them go on where they were", () =>
  withCommand(
    `${TELL}; [ $BENCHBOOK_SWITCH != close ] || { echo no such pool; exit 3; }`,
    async (gate, told) => {
      await assert.rejects(gate.close(), (error: Error & { next?: string }) => {
        assert.equal(
          error.message,
          "Cannot close the clients of --on-switch: it ended with exit code 3\nno such pool",
        );
        assert.match(
          error.next!,
          /BENCHBOOK_SWITCH=close and BENCHBOOK_SWITCH_TO=target; its output is in .*on-switch\.log/,
        );
        return true;
      });
      assert.deepEqual(told().map((line) => line.split(" ", 2).join(" ")), ["close target", "open source"]);
    },
  ));

Deno.test("a command that neither holds back its clients nor lets them go on is told of as both", () =>
  withCommand("exit 3", async (gate) => {
    await assert.rejects(gate.close(), (error: Error & { next?: string }) => {
      assert.equal(
        error.message,
        "Cannot close the clients of --on-switch: it ended with exit code 3\n" +
          "They may still be held back: Cannot open the clients of --on-switch: it ended with exit code 3",
      );
      assert.equal(error.next, "Have them go on at the source.");
      return true;
    });
  }));

Deno.test("a command that does not end is stopped, with what it has started", () =>
  withCommand(
    `sleep 300 & echo $! > "$told"; wait`,
    async (gate, told) => {
      await assert.rejects(gate.prepare("target"), /did not end within 1\.5 s/);
      const [pid] = told();
      await eventually(() => identify(Number(pid)) === null);
    },
    { limitMs: 1500 },
  ));

Deno.test("a signal ends a command, and clients go on where they were", () =>
  withCommand(`${TELL}; [ $BENCHBOOK_SWITCH != close ] || sleep 300`, async (gate, told, _output, isTold) => {
    const stop = new AbortController();
    const closing = assert.rejects(gate.close(stop.signal), /^Error: stopped$/);
    await eventually(() => isTold());
    stop.abort(new Error("stopped"));
    await closing;
    assert.deepEqual(told().map((line) => line.split(" ")[0]), ["close", "open"]);
  }));
