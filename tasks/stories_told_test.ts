import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { commands } from "./docs/commands.ts";
import { pageNames } from "./docs/pages.ts";
import { scenarioNames } from "./load/scenario.ts";
import { EXIT_CODES } from "./model/errors.ts";
import { MIGRATE_PARTS } from "./pipeline/migrate_parts.ts";
import { parts } from "./selfbench/parts.ts";
import { ALL, COMMANDS_ELSEWHERE, ELSEWHERE } from "./stories/all.ts";
import { blocksOf } from "./stories/shown_sql.ts";
import { optionsIn, tasksIn } from "./stories/story.ts";

const root = resolve(import.meta.dirname!, "..");
const stories = Object.values(ALL).flat();
/** Each task of a story with what follows its name, the parts of selfbench as tasks of their own. */
const told = stories.flatMap(({ typed }) => tasksIn(typed)).flatMap(({ task, words }) => {
  const [first] = words.trim().split(" ");
  const isPart = task === "selfbench" ? first : task === "migrate" && Object.hasOwn(MIGRATE_PARTS, first!);
  return isPart ? [{ task: `${task} ${first}`, words }] : [{ task, words }];
});
const text = (path: string) => Deno.readTextFileSync(join(root, path));
const pages = pageNames(root).map(text).join("\n");

Deno.test("each test of stories is there, and tells its own", () => {
  for (const test of Object.keys(ALL)) assert.ok(existsSync(join(root, "tasks", test)), test);
  for (const { test } of ELSEWHERE) assert.ok(existsSync(join(root, "tasks", test)), test);
  for (const test of Object.values(COMMANDS_ELSEWHERE)) {
    assert.ok(existsSync(join(root, "tasks", test)), test);
  }
});

Deno.test("every task of deno.json has a story, and so has every part of selfbench", () => {
  const { tasks } = JSON.parse(text("deno.json")) as { tasks: Record<string, unknown> };
  for (const name of Object.keys(tasks).filter((name) => name !== "selfbench")) {
    assert.ok(told.some(({ task }) => task === name), `deno task ${name} has no story`);
  }
  for (const part of Object.keys(parts)) {
    const task = `selfbench ${part}`;
    assert.ok([...told, ...ELSEWHERE].some((one) => one.task === task), `deno task ${task} has no story`);
  }
});

Deno.test("every option of every task has a story", async () => {
  const untold: string[] = [];
  for (const [name, { make }] of Object.entries(await commands(root))) {
    const elsewhere = ELSEWHERE.filter(({ task }) => task === name).map(({ test }) => text(`tasks/${test}`));
    for (const { short, long } of make().options) {
      const words = [short, long].filter((word) => word !== undefined);
      for (const word of words) {
        const isTold = told.some(({ task, words }) => task === name && optionsIn(words).includes(word)) ||
          elsewhere.some((test) => test.includes(`"${word}"`));
        if (!isTold) untold.push(`${name} ${word}`);
      }
    }
  }
  assert.deepEqual(untold, []);
});

Deno.test("every shipped scenario has a story", () => {
  for (const name of scenarioNames(root)) {
    assert.ok(told.some(({ task, words }) => task === "bench" && words.trim().split(" ")[0] === name), name);
  }
});

Deno.test("every command that README and docs show in a block is typed by a story, and no other is listed", () => {
  const commands = blocksOf(root, "sh").flatMap(({ text }) => text.split("\n"))
    .map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  const listed = new Set([
    ...stories.flatMap(({ shown }) => shown ?? []),
    ...Object.keys(COMMANDS_ELSEWHERE),
  ]);
  assert.deepEqual(commands.filter((command) => !listed.has(command)), [], "commands without a story");
  assert.deepEqual([...listed].filter((command) => !commands.includes(command)), [], "shown nowhere");
  for (const { shown, typed } of stories) if (shown !== undefined) assert.ok(typed.startsWith(shown), typed);
});

Deno.test("every command that the text mentions has a story", () => {
  const mentioned = [...pages.matchAll(/`(?:npx -y )?deno task ([^`]+)`/g)].map(([, words]) =>
    words!.replaceAll(/\s+/g, " ").trim()
  );
  assert.ok(mentioned.length > 15, `${mentioned.length}`);
  for (const words of mentioned) {
    // `NAME` stands for any task, `RUN` for any word.
    if (words === "NAME" || words === "selfbench") continue;
    const wanted = words.split(" ").map((word) =>
      /^[A-Z…]+$|^path\//.test(word) ? "\\S+" : RegExp.escape(word)
    );
    const pattern = new RegExp(`deno task ${wanted.join(" (?:\\S+ )*")}(?= |$)`);
    const isTold = stories.some(({ typed }) => pattern.test(typed.replaceAll(/--db \S+ /g, ""))) ||
      [...told, ...ELSEWHERE].some(({ task }) => task === words);
    assert.ok(isTold, `deno task ${words} has no story`);
  }
});

Deno.test("every variable of .env.example and of the pages has a story, and config.ts reads no other", () => {
  const example = [...text(".env.example").matchAll(/^# ([A-Z_]+)=/gm)].map(([, name]) => name!);
  const read = [...text("tasks/config.ts").matchAll(/value\("([A-Z_]+)"\)/g)].map(([, name]) => name!);
  assert.deepEqual([...new Set(read)].sort(), [...example].sort());
  const inPages = [...pages.matchAll(/`([A-Z]+_[A-Z_]+)`/g)].map(([, name]) => name!);
  for (const name of new Set([...example, ...inPages])) {
    const isTold = stories.some(({ typed, env }) =>
      typed.includes(`${name}=`) || env?.[name] !== undefined
    ) ||
      text("tasks/stories/own_servers.ts").includes(`"${name}"`);
    assert.ok(isTold, `${name} has no story`);
  }
});

Deno.test("every exit code has a story, and they apply in the order of the contract", () => {
  assert.deepEqual(EXIT_CODES.map(([code]) => code), [130, 2, 3, 4, 1, 0]);
  const ends = new Set(stories.map(({ ends }) => ends));
  const codes = { pass: 0, fail: 1, inconclusive: 0, "no target": 0, judged: 0, migrated: 0 };
  for (const [code] of EXIT_CODES) {
    const isTold = [...ends].some((end) => (typeof end === "number" ? end : codes[end]) === code);
    assert.ok(isTold, `exit code ${code} has no story`);
  }
  const listed = /Exit codes: ([\s\S]*?)\n\n/.exec(text("README.md"))![1]!;
  const inReadme = [...listed.matchAll(/\b(\d+) /g)].map(([, code]) => Number(code));
  assert.deepEqual(inReadme.sort(), EXIT_CODES.map(([code]) => code).sort());
});
