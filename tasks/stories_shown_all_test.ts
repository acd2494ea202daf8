import assert from "node:assert/strict";
import { SHOWN, shown } from "./stories/shown.ts";
import { tellStories } from "./stories/tell.ts";

/** What the quick tests tell too, and no other story builds upon. */
const TOLD = ["report latest --no-pdf", "seed --scale tiny --verify", "clean --writes"];
/** A story of what is stored runs all of them, with an option more. */
const NOTEBOOKS = "notebook --run latest";

Deno.test("the commands of README and docs do what they promise", async (t) => {
  const told = [...TOLD, NOTEBOOKS].map(shown);
  await tellStories(t, SHOWN.filter((story) => !told.includes(story)));
});

Deno.test("what is left out of them is told by the quick tests", () => {
  const quick = Deno.readTextFileSync(new URL("stories_test.ts", import.meta.url));
  for (const command of TOLD) assert.ok(quick.includes(`shown("${command}")`), command);
});
