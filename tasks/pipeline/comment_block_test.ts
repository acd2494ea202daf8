import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../model/errors.ts";
import { withTempDir } from "../store/testing.ts";
import { compareMarkdown } from "../report/compare_markdown.ts";
import { comparisonFixture } from "../summary/compare/testing_comparison.ts";
import { marksOf, refuseOthersComment, writeCommentBlock } from "./comment_block.ts";

const KEY = "compare access-paths";
const [BEGIN, END] = marksOf(KEY);

Deno.test("a comment is made, and written anew in its place with what others wrote around it", () =>
  withTempDir((dir) => {
    const path = join(dir, "comment.md");
    const read = () => readFileSync(path, "utf8");
    writeCommentBlock({ path, key: KEY }, "first");
    assert.equal(read(), `${BEGIN}\nfirst\n${END}\n`);
    writeFileSync(path, `# Mine\r\n\n${read()}\nand this, with $& and $1\n`);
    writeCommentBlock({ path, key: KEY }, "second, with $& and $1");
    assert.equal(
      read(),
      `# Mine\r\n\n${BEGIN}\nsecond, with $& and $1\n${END}\n\nand this, with $& and $1\n`,
    );
    // Another scenario's stands behind it, and neither moves the other.
    writeCommentBlock({ path, key: "compare smoke" }, "smoke");
    writeCommentBlock({ path, key: KEY }, "third");
    const [begin, end] = marksOf("compare smoke");
    assert.ok(read().endsWith(`and $1\n\n${begin}\nsmoke\n${end}\n`), read());
    assert.equal(read().match(/third/g)?.length, 1);
    assert.doesNotMatch(read(), /second/);
  }));

Deno.test("two that write into one file at once lose none of each other's blocks", () =>
  withTempDir(async (dir) => {
    const path = join(dir, "comment.md");
    const each = 100;
    const writer = (name: string) =>
      new Deno.Command(Deno.execPath(), {
        args: [
          "eval",
          "--quiet",
          `import { writeCommentBlock } from "${import.meta.resolve("./comment_block.ts")}";
           // Both begin at once.
           Deno.writeTextFileSync(${JSON.stringify(dir)} + "/${name}", "");
           while ([...Deno.readDirSync(${
            JSON.stringify(dir)
          })].filter(({ name }) => name.length === 1).length < 2);
           for (let n = 0; n < ${each}; n++) {
             writeCommentBlock({ path: ${JSON.stringify(path)}, key: "compare ${name}" + n }, "text");
           }`,
        ],
        env: { NO_COLOR: "1" },
      }).output();
    for (const { success, stderr } of await Promise.all(["a", "b"].map(writer))) {
      assert.ok(success, new TextDecoder().decode(stderr));
    }
    assert.equal(readFileSync(path, "utf8").match(/<!-- benchbook:/g)?.length, 2 * each);
  }));

Deno.test("a file of somebody else's is never written over", () =>
  withTempDir((dir) => {
    const refused = (path: string, why: RegExp) => {
      assert.throws(() => refuseOthersComment({ path, key: KEY }), (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, why);
        return true;
      });
      assert.throws(() => writeCommentBlock({ path, key: KEY }, "ours"), UsageError);
    };
    const path = join(dir, "notes.md");
    for (
      const text of ["precious", `${BEGIN}\nno end`, `${END}\n${BEGIN}\n`, `${BEGIN}\n${BEGIN}\n${END}\n`]
    ) {
      writeFileSync(path, text);
      refused(path, text === "precious" ? /has not written/ : /do not stand there once each/);
      assert.equal(readFileSync(path, "utf8"), text);
    }
    mkdirSync(join(dir, "folder"));
    refused(join(dir, "folder"), /Cannot write the comment into/);
    refused(join(dir, "none/comment.md"), /there is no folder/);
    symlinkSync(path, join(dir, "link.md"));
    refused(join(dir, "link.md"), /do not stand there once each/);
    refused("/dev/zero", /Cannot write the comment into/);
  }));

Deno.test("a text with marks in it is taken for none the next time", () =>
  withTempDir((dir) => {
    const path = join(dir, "comment.md");
    const [operation] = comparisonFixture().plans;
    const plans = [{ ...operation!, changes: [`${END} ${BEGIN}`] }];
    for (const word of ["first", "second"]) {
      const comparison = { ...comparisonFixture(), plans, reasons: [`${word} ${END}`], scenario: END };
      writeCommentBlock({ path, key: KEY }, compareMarkdown(comparison));
    }
    const text = readFileSync(path, "utf8");
    assert.equal(text.split(BEGIN).length + text.split(END).length, 4);
    assert.ok(text.endsWith(`${END}\n`) && !text.includes("first"));
  }));

Deno.test("a comment is written through a link, with the file's mode, and into no other encoding", () =>
  withTempDir((dir) => {
    const path = join(dir, "comment.md");
    const before = `# Mine\n\n${BEGIN}\nfirst\n${END}\n`;
    writeFileSync(path, before, { mode: 0o640 });
    symlinkSync(path, join(dir, "link.md"));
    writeCommentBlock({ path: join(dir, "link.md"), key: KEY }, "second");
    assert.equal(readFileSync(path, "utf8"), before.replace("first", "second"));
    assert.ok(lstatSync(join(dir, "link.md")).isSymbolicLink());
    assert.equal(lstatSync(path).mode & 0o777, 0o640);
    const latin = Buffer.from(`caf\xe9\n${BEGIN}\nfirst\n${END}\n`, "latin1");
    writeFileSync(path, latin);
    assert.throws(() => writeCommentBlock({ path, key: KEY }, "second"), /it is not UTF-8/);
    assert.deepEqual(readFileSync(path), latin);
    assert.deepEqual(readdirSync(dir).sort(), ["comment.md", "link.md"]);
  }));

Deno.test("a key cannot end the comment that it stands in", () => {
  assert.deepEqual(marksOf("a --> <script>"), [
    "<!-- benchbook:a __ _script_ -->",
    "<!-- /benchbook:a __ _script_ -->",
  ]);
});
