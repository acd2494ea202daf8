import assert from "node:assert/strict";
import { join, relative, resolve } from "node:path";
import { exampleRun, exampleSummary } from "../report/testing.ts";
import { ServiceError } from "../model/errors.ts";
import { reportError } from "./command.ts";
import { doctorText } from "./doctor_text.ts";
import { runsText } from "./runs_text.ts";
import { displayWidth, isPrintable, paragraph, printable, singleLine } from "./safe_text.ts";
import { summaryText } from "./summary_text.ts";
import { formatTable } from "./table.ts";

/** What a terminal obeys or cannot show, each with what is shown instead. */
const HOSTILE: readonly [what: string, text: string, shown: string][] = [
  ["a colour", "\x1b[31mred", "\\x1b[31mred"],
  ["a window title", "\x1b]0;owned\x07", "\\x1b]0;owned\\x07"],
  ["a cleared screen in one character", "\x9b2J", "\\x9b2J"],
  ["a return to the line's beginning", "pass\rfail", "pass\\rfail"],
  ["backspaces", "ab\b\bcd", "ab\\x08\\x08cd"],
  ["a deletion", "a\x7fb", "a\\x7fb"],
  ["an end of text", "a\0b", "a\\x00b"],
  ["a forged line", "ok\n✔ PASS", "ok\\n✔ PASS"],
  ["a turned direction", "a\u202egpj.exe\u2066b\u2069", "a\\u202egpj.exe\\u2066b\\u2069"],
  ["nothing to see", "a\u200b\u200d\u2060\ufeff\u00adb", "a\\u200b\\u200d\\u2060\\ufeff\\xadb"],
  ["tags", "a\u{e0041}b", "a\\u{e0041}b"],
  ["half a pair", "a\ud800b\udc00", "a\\ud800b\\udc00"],
  ["separators", "a\u2028b\u2029c", "a\\u2028b\\u2029c"],
  ["fillers", "a\u3164b\u115f", "a\\u3164b\\u115f"],
];

for (const [what, text, shown] of HOSTILE) {
  Deno.test(`text for a terminal is spelt out where it is no visible character: ${what}`, () => {
    assert.equal(singleLine(text), shown);
    assert.equal(isPrintable(text), false);
    assert.equal(printable(text), text.includes("\n") ? text : shown);
  });
}

Deno.test("ordinary text of every script is left as it is", () => {
  for (const text of ["plain", "Grüße, 5 µs — “ok” …", "日本語 テスト", "العربية", "नमस्ते", "🚀 é", ""]) {
    assert.equal(singleLine(text), text);
    assert.ok(isPrintable(text));
  }
  assert.equal(printable("a\r\nb\n"), "a\nb\n");
});

Deno.test("width counts columns: wide characters two, combining marks none", () => {
  assert.equal(displayWidth("abc"), 3);
  assert.equal(displayWidth("日本"), 4);
  assert.equal(displayWidth("한글 カ"), 7);
  assert.equal(displayWidth("ｶﾅ"), 2);
  assert.equal(displayWidth("e\u0301\u0308"), 1);
  assert.equal(displayWidth("🚀"), 2);
  assert.equal(displayWidth("↑—é"), 3);
});

Deno.test("what is too long ends with an ellipsis, within its columns and never within a character", () => {
  assert.equal(singleLine("abcdef", 4), "abc…");
  assert.equal(singleLine("abcd", 4), "abcd");
  assert.equal(singleLine("日本語", 4), "日…");
  assert.equal(singleLine("🚀🚀🚀", 5), "🚀🚀…");
  assert.ok(singleLine("x".repeat(1e7)).length <= 120);
  assert.ok(printable("x".repeat(1e6)).length <= 2000);
  assert.ok(
    [..."x" + "\u0301".repeat(1e5)].length > 1e5 && singleLine("x" + "\u0301".repeat(1e5)).length <= 10,
  );
});

Deno.test("the end of a log stays readable under its sentence, indented and bounded", () => {
  assert.equal(
    paragraph("Cannot start:\r\nfirst\n\x1b[2Jsecond\n", "    "),
    "Cannot start:\n    first\n    \\x1b[2Jsecond",
  );
  const long = paragraph("x\n".repeat(1000), "  ").split("\n");
  assert.equal(long.length, 17);
  assert.equal(long.at(-1), "  …");
});

Deno.test("columns of a table line up whatever is in the cells, and one long cell does not pad all rows", () => {
  const columns = [{ title: "name", align: "left", columns: 12 }, { title: "n", align: "right" }] as const;
  const table = formatTable(columns, [["日本語", "1"], ["x".repeat(10_000), "22"], ["a\nb\x1b[2J", "3"]]);
  const lines = table.split("\n");
  assert.equal(lines.length, 5);
  assert.deepEqual(new Set(lines.slice(1).map(displayWidth)), new Set([16]));
  assert.ok(lines.every((line) => isPrintable(line)));
});

/** Everything at once, and long. */
const EVIL = `${HOSTILE.map(([, text]) => text).join("")}${"y".repeat(10_000)}`;

function assertHarmless(text: string, longest: number): void {
  for (const line of text.split("\n")) {
    assert.ok(isPrintable(line), JSON.stringify(line));
    assert.ok(displayWidth(line) <= longest, `${displayWidth(line)} columns`);
  }
}

Deno.test("labels, names and messages that are hostile are harmless in every text for people", () => {
  const run = { ...exampleRun(), label: EVIL, scenario: EVIL };
  assertHarmless(runsText([{ ...run, slots: 1, search: null }], [EVIL, "..", "a\0b"]), 220);
  const summary = exampleSummary({ run });
  const operations = summary.operations.map((row) => ({ ...row, operation: row.operation && EVIL }));
  assertHarmless(
    printable(
      summaryText({ ...summary, operations, reasons: [EVIL, EVIL], warnings: [{ code: "x", text: EVIL }] }),
    ),
    700,
  );
  assertHarmless(doctorText([{ name: "Redis", state: "missing", text: EVIL, fix: EVIL }]), 700);
});

Deno.test("an error's message is harmless and bounded, also that of a defect", () => {
  const said: string[] = [];
  const print = console.error;
  console.error = (text: string) => void said.push(text);
  try {
    reportError(new ServiceError(`Cannot connect: ${EVIL}${"\nx".repeat(5000)}`, EVIL));
    reportError(new Error(EVIL));
  } finally {
    console.error = print;
  }
  assertHarmless(said.join("\n"), 2000);
  assert.ok(said[0]!.split("\n").length < 50);
});

/** They print for programs, for logs, or what is written here. */
const OTHERS = new Set([
  "run_tests.ts",
  "terminal/command.ts",
  "notebook/check_main.ts",
  "notebook/inside.ts",
  "stack/postgraphile/server.ts",
  "stack/unpack_chromium.ts",
  "selfbench/servers/drawn.ts",
  "selfbench/servers/instant.ts",
]);

Deno.test("nothing else prints for people", () => {
  const root = resolve(import.meta.dirname!, "..");
  const visit = (dir: string): string[] =>
    [...Deno.readDirSync(dir)].flatMap(({ name, isDirectory }) => {
      const path = join(dir, name);
      if (isDirectory) return visit(path);
      if (
        !/\.ts$/.test(name) || /_test\.ts$|^testing/.test(name) || OTHERS.has(relative(root, path))
      ) return [];
      return Deno.readTextFileSync(path).split("\n")
        // A constant, JSON, and what has been made safe.
        .filter((line) =>
          /console\.(log|error|warn|info)\(/.test(line) &&
          !/console\.\w+\((JSON\.stringify|"|printable|complaint|shown|`Fetched)/.test(line)
        )
        .map((line) => `${relative(root, path)}: ${line.trim()}`);
    });
  assert.deepEqual(visit(root), []);
});
