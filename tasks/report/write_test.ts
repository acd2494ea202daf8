import assert from "node:assert/strict";
import { join } from "node:path";
import { replaceDirectory, replaceFile } from "./write.ts";

async function inTemporary(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "benchbook-write-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const names = (directory: string) => [...Deno.readDirSync(directory)].map(({ name }) => name).sort();

Deno.test("a directory is replaced as a whole", () =>
  inTemporary(async (directory) => {
    const target = join(directory, "reports", "run");
    for (const name of ["old.pdf", "new.html"]) {
      await replaceDirectory(target, (temporary) => Deno.writeTextFile(join(temporary, name), name));
    }
    assert.deepEqual(names(target), ["new.html"]);
    assert.deepEqual(names(join(directory, "reports")), ["run"]);
  }));

Deno.test("what fails half-way leaves the previous content in place and nothing beside it", () =>
  inTemporary(async (directory) => {
    const target = join(directory, "run");
    await replaceDirectory(target, (temporary) => Deno.writeTextFile(join(temporary, "index.html"), "old"));
    const failing = replaceDirectory(target, async (temporary) => {
      await Deno.writeTextFile(join(temporary, "index.html"), "new");
      throw new Error("the PDF failed");
    });
    await assert.rejects(failing, /the PDF failed/);
    assert.equal(await Deno.readTextFile(join(target, "index.html")), "old");
    assert.deepEqual(names(directory), ["run"]);
  }));

Deno.test("a place that cannot be written is a service error that says what to do", () =>
  inTemporary(async (directory) => {
    const file = join(directory, "file");
    await replaceFile(file, "not a directory");
    await assert.rejects(
      replaceDirectory(join(file, "run"), () => Promise.resolve()),
      { name: "ServiceError", next: /BENCHBOOK_REPORTS.*, then run `deno task report`\.$/ },
    );
    await assert.rejects(
      replaceDirectory(join(file, "run"), () => Promise.resolve(), { again: "deno task compare a b" }),
      { next: /, then run `deno task compare a b`\.$/ },
    );
    assert.deepEqual(names(directory), ["file"]);
  }));

Deno.test("what lies there and is not ours goes over into the new directory", () =>
  inTemporary(async (directory) => {
    const target = join(directory, "run");
    const own = ({ name }: Deno.DirEntry) => name === "index.html" || name === "old.pdf";
    for (const name of ["old.pdf", "index.html"]) {
      await replaceDirectory(target, (temporary) => Deno.writeTextFile(join(temporary, name), name), { own });
      await Deno.writeTextFile(join(target, "notes.md"), "mine");
      await Deno.mkdir(join(target, "figures"), { recursive: true });
      await Deno.writeTextFile(join(target, "figures", "one.svg"), "mine");
    }
    await replaceDirectory(target, (temporary) => Deno.writeTextFile(join(temporary, "index.html"), ""), {
      own,
    });
    assert.deepEqual(names(target), ["figures", "index.html", "notes.md"]);
    assert.equal(await Deno.readTextFile(join(target, "figures", "one.svg")), "mine");
    assert.deepEqual(names(directory), ["run"]);
  }));
