import assert from "node:assert/strict";
import { linkSync, lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { withTempDir } from "../store/testing.ts";
import { replaceText } from "./replace_text.ts";

Deno.test("a file keeps its other names, and a link to what is not there yet makes it", () =>
  withTempDir((dir) => {
    const [path, other] = [join(dir, "comment.md"), join(dir, "other.md")];
    writeFileSync(path, "before, and longer");
    linkSync(path, other);
    for (const text of ["after", "after, and much longer than it was before"]) {
      replaceText(path, text);
      assert.deepEqual([path, other].map((name) => readFileSync(name, "utf8")), [text, text]);
    }
    symlinkSync("new.md", join(dir, "link.md"));
    replaceText(join(dir, "link.md"), "new");
    assert.equal(readFileSync(join(dir, "new.md"), "utf8"), "new");
    assert.ok(lstatSync(join(dir, "link.md")).isSymbolicLink());
    assert.equal(readdirSync(dir).length, 4);
  }));

Deno.test({
  name: "a file keeps its owner and the whole of its mode",
  ignore: process.getuid!() !== 0,
  fn: () =>
    withTempDir((dir) => {
      const path = join(dir, "comment.md");
      writeFileSync(path, "before");
      Deno.chmodSync(path, 0o666);
      Deno.chownSync(path, 12_345, 12_346);
      replaceText(path, "after");
      const { uid, gid, mode } = lstatSync(path);
      assert.deepEqual([uid, gid, mode & 0o777, readFileSync(path, "utf8")], [
        12_345,
        12_346,
        0o666,
        "after",
      ]);
    }),
});

/** A disk without room; a file in it has two names, and beside that with the long name no part can be written. */
const FULL = `
mount -t tmpfs -o size=64k tmpfs "$DIR" || exit 99
long=$(printf 'n%.0s' $(seq 250))
for name in linked $long; do printf 'precious %01000d' 1 >"$DIR/$name.md"; done
ln "$DIR/linked.md" "$DIR/second.md"
cat "$DIR/linked.md" >"$OUT/before"
dd if=/dev/zero of="$DIR/filler" bs=4k 2>/dev/null
for name in linked $long new; do
  "$DENO" eval --quiet "import { replaceText } from '$MODULE';
    try { replaceText('$DIR/$name.md', 'y'.repeat(20000)); console.log('written') } catch ({ code }) { console.log(code) }" >>"$OUT/said" 2>&1
done
cat "$DIR/linked.md" >"$OUT/linked"; cat "$DIR/$long.md" >"$OUT/long"; ls "$DIR" | wc -l >"$OUT/names"
`;

Deno.test("on a full disk what stood in a file stays, also where it is written in its place, and no part is left", () =>
  withTempDir(async (dir) => {
    const [disk, out] = [join(dir, "disk"), join(dir, "out")];
    for (const folder of [disk, out]) Deno.mkdirSync(folder);
    const namespace = process.getuid!() === 0 ? ["-m"] : ["-Um", "--map-current-user", "--keep-caps"];
    const { code, stderr } = await new Deno.Command("unshare", {
      args: [...namespace, "sh", "-c", FULL],
      env: {
        DIR: disk,
        OUT: out,
        DENO: Deno.execPath(),
        MODULE: import.meta.resolve("./replace_text.ts"),
        NO_COLOR: "1",
      },
    }).output();
    assert.ok(code < 98, new TextDecoder().decode(stderr));
    const read = (name: string) => readFileSync(join(out, name), "utf8");
    assert.match(read("said"), /^(?:ENOSPC\n){3}$/);
    assert.equal(read("linked"), read("before"));
    assert.equal(read("long"), read("before"));
    assert.equal(read("names").trim(), "4");
  }));
