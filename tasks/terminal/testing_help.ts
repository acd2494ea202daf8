import { exitCodeOf, type Task } from "./command.ts";
import { BEHIND_HELP } from "./testing_width.ts";

/** Asks tasks for their help, one after another in this process; the argument is a JSON list of the words of each. */
for (const [task, ...words] of JSON.parse(Deno.args[0]!) as [string, ...string[]][]) {
  const { run } = await import(import.meta.resolve(`../${task}.ts`)) as { run: Task };
  await exitCodeOf(() => run(words));
  console.log(BEHIND_HELP);
}
