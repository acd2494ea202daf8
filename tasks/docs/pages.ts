import { join } from "node:path";
import { sections } from "./sections.ts";
import { childEnvironment } from "../stack/child_environment.ts";

const BEGIN = /^<!-- from the code: (.+) -->$/;

/** The pages of the documentation, README.md first; paths are relative to the checkout. */
export function pageNames(root: string): string[] {
  const docs = [...Deno.readDirSync(join(root, "docs"))].map(({ name }) => name)
    .filter((name) => name.endsWith(".md")).sort();
  return ["README.md", ...docs.map((name) => `docs/${name}`)];
}

/**
 * Each page as it must be: what stands between `<!-- from the code: NAME -->` and `<!-- end -->` made anew, and
 * formatted.
 * @throws {Error} naming the page with a name that is none, or without an end
 */
export async function freshPages(root: string): Promise<Map<string, string>> {
  const made = await sections(root);
  const fresh = new Map<string, string>();
  for (const page of pageNames(root)) {
    const text = await Deno.readTextFile(join(root, page));
    fresh.set(page, text.includes("<!-- from the code: ") ? await formatted(filled(text, page, made)) : text);
  }
  return fresh;
}

function filled(text: string, page: string, made: Readonly<Record<string, string>>): string {
  const lines: string[] = [];
  let skipping = false;
  for (const line of text.split("\n")) {
    const [, name] = BEGIN.exec(line) ?? [];
    if (line === "<!-- end -->") skipping = false;
    if (!skipping) lines.push(line);
    if (name === undefined) continue;
    if (made[name] === undefined) {
      throw new Error(
        `Cannot make ${page}: there is no section "${name}"; known: ${Object.keys(made).join(", ")}`,
      );
    }
    lines.push("", made[name], "");
    skipping = true;
  }
  if (skipping) throw new Error(`Cannot make ${page}: a section has no <!-- end -->`);
  return lines.join("\n");
}

/** As `deno fmt` leaves it. */
async function formatted(text: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "md", "--line-width", "110", "-"],
    env: childEnvironment(),
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { stdout } = await child.output();
  return new TextDecoder().decode(stdout);
}
