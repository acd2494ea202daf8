import assert from "node:assert/strict";
import { ALL } from "./stories/all.ts";
import { REPOSITORY } from "./stories/repository.ts";
import { STORE } from "./stories/selfbench.ts";
import { SHORT } from "./stories/short.ts";
import { shown } from "./stories/shown.ts";
import { type Story, tasksIn } from "./stories/story.ts";
import { tellStories } from "./stories/tell.ts";

/** Through npx, at a terminal, as somebody types it who has nothing but Node. */
const FIRST: Story = {
  ...shown("bench smoke"),
  promise: "the first run of somebody who has npx and a terminal",
  typed: `npx -y deno task bench smoke ${SHORT} --paths sql,sql+cache --no-pdf`,
  atTerminal: (terminal) => terminal.ended,
  judge({ stdout, summary }) {
    assert.match(stdout, /✔ Check that all paths return equal results/);
    assert.match(stdout, /^(PASS|INVALID): /m);
    assert.deepEqual(summary.run.config.arms, ["sql", "sql+cache"]);
  },
};

const doctor = { ...shown("doctor"), typed: "deno task doctor --no-calibrate", judge: () => {} };
const down = shown("down");

/** One of each task; all of them, with every option, are told by `deno task test --all`. */
const STORIES: readonly Story[] = [
  FIRST,
  shown("runs"),
  shown("report latest --no-pdf"),
  shown("notebook --run latest"),
  shown("seed --scale tiny --verify"),
  shown("clean --writes"),
  doctor,
  shown("up"),
  shown("logs postgres"),
  down,
  STORE,
  ...REPOSITORY.filter(({ typed }) => /task (docs|setup|test --added)\b/.test(typed)),
];

/** Format, lint and types of everything take too long for it. */
const TOO_LONG = ["ok"];

/** The same, and of each task that none of them is about the first that any test tells. */
function oneOfEach(tasks: readonly string[]): Story[] {
  const tellsOf = (task: string) => (story: Story) => tasksIn(story.typed).some((one) => one.task === task);
  const others = tasks.filter((task) => !STORIES.some(tellsOf(task))).map((task) => {
    const story = Object.values(ALL).flat().find(tellsOf(task));
    assert.ok(story !== undefined, `deno task ${task} has no story`);
    return story;
  });
  return [...STORIES, ...others];
}

Deno.test("each task does what README and docs promise", async (t) => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("../deno.json", import.meta.url)));
  await tellStories(t, oneOfEach(Object.keys(tasks).filter((name) => !TOO_LONG.includes(name))));
});
