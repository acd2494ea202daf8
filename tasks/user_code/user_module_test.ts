import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { sleep } from "../net/sleep.ts";
import { inProcess } from "../terminal/testing_in_process.ts";
import { ExitCode } from "../model/errors.ts";
import { usersFault } from "./guards.ts";
import { onStrayError } from "./stray_errors.ts";
import { importUserModule } from "./user_module.ts";

async function withModule(text: string, use: (file: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const file = join(dir, "mine.ts");
    await Deno.writeTextFile(file, text);
    await use(file);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("a module of the user's that would spoil the process is refused in words", async (t) => {
  const faults: [what: string, text: string, said: RegExp][] = [
    ["exits", "Deno.exit(0);", /^it calls Deno\.exit\(\)$/],
    [
      "exits as in Node",
      'import process from "node:process"; process.exit(0);',
      /^it calls process\.exit\(\)$/,
    ],
    ["exits by a global", "process.reallyExit(0);", /^it calls process\.reallyExit\(\)$/],
    [
      "throws later",
      'setTimeout(() => { throw new Error("late") });',
      /^it throws: late at file:.*mine\.ts:1:\d+$/,
    ],
    ["rejects", 'Promise.reject("so");', /^it throws: so$/],
    ["exits later", "setTimeout(Deno.exit);", /^it calls Deno\.exit\(\)$/],
    ["changes a method", "Array.prototype.map = () => [];", /^it changes the global Array\.prototype\.map$/],
    ["changes time", "Date.now = () => 0;", /^it changes the global Date\.now$/],
    ["changes a function", "globalThis.fetch = async () => new Response();", /^it changes the global fetch$/],
    ["adds to all objects", "Object.prototype.all = 1;", /^it changes the global Object\.prototype\.all$/],
    ["changes the runtime", "Deno.readFile = null as never;", /^it changes the global Deno\.readFile$/],
    [
      "exports a promise",
      "export default new Promise(() => {}); const x =",
      /^its default export is a promise: /,
    ],
    ["does not end", "await new Promise(() => {});", /^it has not ended after 0\.5 s: /],
  ];
  for (const [what, text, said] of faults) {
    await t.step(
      what,
      () =>
        withModule(
          text.startsWith("export") ? `${text} 1;\n` : `${text}\nexport default {};\n`,
          async (file) => {
            await assert.rejects(
              importUserModule(file, what === "does not end" ? { limitMs: 500 } : {}),
              (error: Error) => {
                assert.match(error.message, said);
                return true;
              },
            );
          },
        ),
    );
  }
});

/** What loading a module comes to in a process of its own, as files of tests share theirs. */
async function loadedApart(file: string, options = {}): Promise<string> {
  const script = `const { importUserModule } = await import(${
    JSON.stringify(new URL("./user_module.ts", import.meta.url).href)
  });
    await importUserModule(...${
    JSON.stringify([file, options])
  }).catch(({ message }) => console.log(message));
    console.log(Deno.cwd());
    Deno.kill(Deno.pid, "SIGKILL");`;
  const args = ["eval", "--quiet", script];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: dirname(file) }).output();
  return new TextDecoder().decode(stdout).replace(dirname(file), "FOLDER") + new TextDecoder().decode(stderr);
}

Deno.test("a module that loops for ever is given up, and one that goes to another folder is refused", async () => {
  await withModule("for (;;);\n", async (file) => {
    assert.match(
      await loadedApart(file, { limitMs: 300 }),
      /^it has not ended after 0\.3 s: .* or loops\nFOLDER\n$/,
    );
  });
  await withModule('Deno.chdir("/");\n', async (file) => {
    assert.equal(await loadedApart(file), "it changes the working directory\nFOLDER\n");
  });
});

Deno.test("what a module prints does not come among what the task says on stdout", () =>
  withModule(
    `import process from "node:process";
      console.log("one"); console.table([1]); process.stdout.write("two\\n");
      Deno.stdout.writeSync(new TextEncoder().encode(""));
      export default { value: 7 };`,
    async (file) => {
      const { stdout, stderr } = await inProcess(async () => {
        const { default: value } = await importUserModule(file);
        console.log(JSON.stringify(value));
        return ExitCode.ok;
      }, {});
      assert.equal(stdout, '{"value":7}\n');
      assert.match(stderr, /^one\n/);
      assert.match(stderr, /^two$/m);
      assert.equal(stderr.match(/one/g)!.length, 1);
    },
  ));

Deno.test("what a module throws after it was loaded is its file's mistake, and what others throw is not", () =>
  withModule(
    `export default { fail: () => setTimeout(() => { throw new Error("late") }), leave: () => setTimeout(Deno.exit),
      now: () => Deno.exit(0) };`,
    async (file) => {
      const heard: unknown[] = [];
      const deafen = onStrayError((error) => heard.push(error));
      try {
        const { default: module } = await importUserModule(file) as unknown as {
          default: Record<string, () => void>;
        };
        module["fail"]!();
        module["leave"]!();
        assert.throws(() => module["now"]!(), /it calls Deno\.exit\(\)/);
        void Promise.reject(new Error("our own"));
        while (heard.length < 3) await sleep(1);
      } finally {
        deafen();
      }
      const [own, ...theirs] = heard.toSorted((a) => /our own/.test(String(a)) ? -1 : 1);
      assert.equal(usersFault(own), null);
      const said = theirs.map((error) => usersFault(error)!.message);
      const place = pathToFileURL(file).href;
      assert.ok(
        said.some((text) =>
          text.startsWith(`Cannot go on with ${file}: `) && text.includes(`late at ${place}:1:`)
        ),
      );
      assert.ok(
        said.some((text) => text.includes(file) && text.endsWith("it calls Deno.exit()")),
        said.join("\n"),
      );
    },
  ));
