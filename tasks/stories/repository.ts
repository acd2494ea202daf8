import assert from "node:assert/strict";
import { pageNames } from "../docs/pages.ts";
import type { Story } from "./story.ts";

/** For who works on Benchbook itself. */
export const REPOSITORY: readonly Story[] = [
  {
    promise: "test runs the files that are named",
    typed: "deno task test tasks/model/units_test.ts",
    ends: 0,
    judge: ({ stdout }) => assert.match(stdout, /ok \| \d+ passed/),
  },
  {
    promise: "test --added runs the long ones of what is named",
    typed: "deno task test --added tasks/model/suggest_test.ts",
    ends: 0,
    judge: ({ stdout }) => assert.match(stdout, /ok \| \d+ passed/),
  },
  {
    promise: "test --all takes a folder's quick and long tests",
    typed: "deno task test --all tasks/model",
    ends: 0,
    judge: ({ stdout }) => assert.match(stdout, /ok \| \d+ passed/),
  },
  {
    promise: "docs finds the pages as the code makes them, and writes nothing",
    typed: "deno task docs",
    ends: 0,
    judge: ({ stdout }, { root }) => {
      assert.equal(stdout, "");
      assert.ok(pageNames(root).length > 5);
    },
  },
  {
    promise: "setup fetches nothing that is there, and says nothing",
    typed: "deno task setup",
    ends: 0,
    judge: ({ stdout, stderr }) => assert.doesNotMatch(stdout + stderr, /Fetch/),
  },
  {
    promise: "ok checks everything, here with one file of tests",
    typed: "deno task ok tasks/model/suggest_test.ts",
    ends: 0,
    judge: ({ stdout }) => assert.match(stdout, /ok \| \d+ passed/),
  },
];
