import assert from "node:assert/strict";
import { join } from "node:path";

/** Makes the checkout again, of links, with the first notebook's last figure broken. */
export async function brokenCheckout(root: string, directory: string): Promise<void> {
  await Deno.mkdir(join(directory, "notebooks"));
  for (const name of ["deno.json", "deno.lock", "node_modules", "queries", "tasks", "templates"]) {
    await Deno.symlink(join(root, name), join(directory, name));
  }
  const source = join(root, "notebooks");
  await Deno.copyFile(join(source, "access-paths.ipynb"), join(directory, "notebooks", "access-paths.ipynb"));
  const text = await Deno.readTextFile(join(source, "first-look.ipynb"));
  const broken = text.replace(`bench.rows<SampleRow>(\\"samples\\")`, `bench.rows<SampleRow>(\\"simples\\")`);
  assert.notEqual(broken, text);
  await Deno.writeTextFile(join(directory, "notebooks", "first-look.ipynb"), broken);
}
