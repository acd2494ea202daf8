import assert from "node:assert/strict";
import type { RunComparison } from "../model/run_comparison.ts";
import { compareMarkdown, MOST_LINES } from "./compare_markdown.ts";
import { compareText } from "../terminal/compare_text.ts";
import { comparisonFixture } from "../summary/compare/testing_comparison.ts";

const HOSTILE =
  "<script>alert(1)</script> | `x` [a](https://evil.example) @team #1 -->\u202e\u001b[31m\n=cmd()" +
  "x".repeat(10_000);

Deno.test("a comparison as a comment: the verdict, the rows that tell most, and what changed", async (t) => {
  await t.assertSnapshot(compareMarkdown(comparisonFixture()));
});

Deno.test("a comparison as a person reads it", async (t) => {
  await t.assertSnapshot(compareText(comparisonFixture(), 100));
  await t.assertSnapshot(compareText(notComparable(), 80));
});

Deno.test("a comment has at most 40 lines with its marks, whatever changed", () => {
  for (const comparison of [comparisonFixture(), notComparable(), hostile()]) {
    assert.ok(compareMarkdown(comparison).split("\n").length <= MOST_LINES);
  }
});

Deno.test("texts from outside are inert in a comment and at a terminal", () => {
  const markdown = compareMarkdown(hostile());
  // Within a span or a block of code it is text as it stands.
  const outside = markdown.replaceAll(/^(`{3,})diff\n[\s\S]*?\n\1$/gm, "").replaceAll(
    /(`+)[^`].*?\1(?!`)/g,
    "",
  );
  assert.doesNotMatch(outside, /<script|(?<!\\)\]\(https|(?<!\\)@team|-->\n?=cmd/);
  assert.doesNotMatch(markdown, /\p{Cf}|[^\P{Cc}\n]/u);
  assert.ok(markdown.length < 20_000, `${markdown.length}`);
  for (const line of markdown.split("\n").filter((line) => line.startsWith("|"))) {
    assert.doesNotMatch(line, /(?<!\\)\| `x`/);
  }
  assert.doesNotMatch(compareText(hostile(), 100), /\p{Cf}|[^\P{Cc}\n]/u);
});

function notComparable(): RunComparison {
  return {
    ...comparisonFixture(),
    verdict: null,
    reasons: [
      "Not comparable: the candidate ran with another machine. --ignore-fingerprint compares them nevertheless.",
    ],
    differences: [{ part: "machine", name: "cores", base: "2", candidate: "8" }, {
      part: "load",
      name: "clients",
      base: null,
      candidate: "4",
    }],
    rows: [],
    errors: [],
  };
}

/** Everything that is a name or a text says something nasty, and there is a lot of it. */
function hostile(): RunComparison {
  const plain = comparisonFixture();
  const many = <T>(values: readonly T[]) => Array.from({ length: 60 }, () => values).flat();
  return {
    ...plain,
    scenario: HOSTILE,
    reasons: many([HOSTILE]),
    base: { ...plain.base, label: HOSTILE },
    candidate: { ...plain.candidate, label: HOSTILE, gitCommit: HOSTILE },
    changes: many([{ what: HOSTILE, base: HOSTILE, candidate: HOSTILE }]),
    statements: many([{ arm: HOSTILE, operation: HOSTILE, changes: [HOSTILE, `${HOSTILE}\n\`\`\`\nout`] }]),
    plans: many([{ arm: HOSTILE, operation: HOSTILE, changes: [HOSTILE] }]),
    only: { base: { arms: many([HOSTILE]), operations: [] }, candidate: { arms: [], operations: [HOSTILE] } },
    rows: plain.rows.map((row) => ({ ...row, arm: row.arm && HOSTILE, operation: row.operation && HOSTILE })),
    errors: many(plain.errors.map((each) => ({ ...each, arm: HOSTILE }))),
    warnings: [{ code: "x", text: HOSTILE }],
  };
}
