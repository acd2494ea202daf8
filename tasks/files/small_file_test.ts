import assert from "node:assert/strict";
import { join } from "node:path";
import { readSmall, readSmallText } from "./small_file.ts";

Deno.test("a text is read from an ordinary file of bounded size only, and nothing is waited for", () => {
  const dir = Deno.makeTempDirSync({ prefix: "benchbook-small-" });
  try {
    const file = join(dir, "a.json");
    Deno.writeTextFileSync(file, "äöü ".repeat(50_000));
    assert.equal(readSmallText(file), "äöü ".repeat(50_000));
    Deno.symlinkSync(file, join(dir, "link"));
    assert.equal(readSmallText(join(dir, "link")).length, 200_000);
    assert.throws(() => readSmall(join(dir, "link"), { follow: false }), /^Error: it is a link, not a file$/);
    assert.throws(() => readSmall(file, { most: 1000 }), /^Error: it is larger than 1000 bytes$/);
    assert.throws(() => readSmallText(join(dir, "none")), Deno.errors.NotFound);
    assert.throws(() => readSmallText(dir), /^Error: it is a folder$/);
    assert.throws(() => readSmallText("/dev/zero"), /^Error: it is a device, not a file$/);
    new Deno.Command("mkfifo", { args: [join(dir, "pipe")] }).outputSync();
    assert.throws(() => readSmallText(join(dir, "pipe")), /^Error: it is a pipe, not a file$/);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});
