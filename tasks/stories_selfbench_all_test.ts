import assert from "node:assert/strict";
import { join } from "node:path";
import { parts } from "./selfbench/parts.ts";
import { SIZES, smokeOf } from "./selfbench/sizes.ts";
import { ELSEWHERE } from "./stories/all.ts";
import { SELFBENCH, STORE } from "./stories/selfbench.ts";
import { optionsIn } from "./stories/story.ts";
import { tellStories } from "./stories/tell.ts";

// That of the store is told by a quick test: selfbench/store/task_test.ts.
const TOLD = SELFBENCH.filter((story) => story !== STORE);

Deno.test("selfbench does what it promises", (t) => tellStories(t, TOLD));

Deno.test("every option of every part of selfbench has a story", async () => {
  const untold: string[] = [];
  for (const part of Object.keys(parts)) {
    const task = `selfbench ${part}`;
    const typed = SELFBENCH.map(({ typed }) => typed).filter((typed) => typed.includes(`task ${task} `));
    const elsewhere = ELSEWHERE.filter((one) => one.task === task)
      .map(({ test }) => Deno.readTextFileSync(join(import.meta.dirname!, test)));
    const smoke = smokeOf(part as keyof typeof SIZES);
    for (const option of await optionsOf(part)) {
      const isTold = typed.some((line) => optionsIn(line).includes(option)) ||
        elsewhere.some((text) =>
          text.includes(`"${option}"`) || text.includes(`smokeOf("${part}")`) && smoke.includes(option)
        );
      if (!isTold) untold.push(`${task} ${option}`);
    }
  }
  assert.deepEqual(untold, []);
});

/** As `--help` lists them. */
async function optionsOf(part: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", join(import.meta.dirname!, "selfbench.ts"), part, "--help"],
    env: { NO_COLOR: "1" },
  }).output();
  const options = [...new TextDecoder().decode(stdout).matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) =>
    option!
  );
  assert.ok(options.length > 0, part);
  return options;
}
