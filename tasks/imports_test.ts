import assert from "node:assert/strict";
import { BLOCK_SEGMENTS, MIGRATION_SEGMENTS } from "./model/phases.ts";
import { dirname, join, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname!);

function* files(dir: string): Generator<string> {
  for (const entry of Deno.readDirSync(dir)) {
    const path = join(dir, entry.name);
    if (entry.isDirectory) yield* files(path);
    else yield path;
  }
}

function* sources(dir: string): Generator<string> {
  for (const path of files(dir)) {
    if (path.endsWith(".ts") && !/_test\.ts$|testing[a-z_]*\.ts$/.test(path)) yield path;
  }
}

/** Files that each file imports, types included. */
function imports(): Map<string, string[]> {
  return new Map([...sources(root)].map((file) => {
    const text = Deno.readTextFileSync(file);
    const local = [...text.matchAll(/(?:from|import|new URL\()\s*\(?"(\.[^"]+\.ts)"/g)].map(([, path]) =>
      relative(root, resolve(dirname(file), path!))
    );
    return [relative(root, file), local];
  }));
}

/** A way from a node back to itself, or null. */
function circle(graph: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const visit = (node: string, path: string[]): string[] | null => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return null;
    for (const next of graph.get(node) ?? []) {
      const found = visit(next, [...path, node]);
      if (found) return found;
    }
    done.add(node);
    return null;
  };
  for (const node of graph.keys()) {
    const found = visit(node, []);
    if (found) return found;
  }
  return null;
}

Deno.test("no file imports itself in a circle", () => {
  const graph = imports();
  assert.ok(graph.size > 100);
  assert.equal(circle(graph), null);
});

Deno.test("no folder imports another in a circle: imports run one way", () => {
  const folders = new Map<string, string[]>();
  for (const [file, targets] of imports()) {
    const from = file.includes("/") ? file.split("/")[0]! : file;
    const to = targets.map((target) => target.includes("/") ? target.split("/")[0]! : target)
      .filter((target) => target !== from);
    folders.set(from, [...folders.get(from) ?? [], ...to]);
  }
  assert.equal(circle(folders), null);
});

Deno.test("one file makes clients of PostgreSQL, one opens the C library, and one writes numbers", () => {
  const withText = (pattern: RegExp) =>
    [...sources(root)].filter((file) => pattern.test(Deno.readTextFileSync(file)))
      .map((file) => relative(root, file)).sort();
  // Checks of what a run has left know nothing of the code that they check.
  const clients = withText(/new (pg\.)?Client\(|extends (pg\.)?Client\b/)
    .filter((file) => !/^(stories|testing)\//.test(file));
  assert.deepEqual(clients, ["postgres/client.ts"]);
  assert.deepEqual(withText(/\bDeno\.dlopen\(/), ["net/c_library.ts"]);
  assert.deepEqual(withText(/\.toLocaleString\(|Intl\.NumberFormat|\.toFixed\(/), ["model/units.ts"]);
});

Deno.test("entry points are short: options, one call, an exit code", () => {
  for (const entry of Deno.readDirSync(root)) {
    if (!entry.isFile || !/^[a-z_]+\.ts$/.test(entry.name) || /_test\.ts$|^config\.ts$/.test(entry.name)) {
      continue;
    }
    const lines = Deno.readTextFileSync(join(root, entry.name)).split("\n").length;
    assert.ok(lines <= 60, `${entry.name} has ${lines} lines`);
  }
});

Deno.test("files do one thing: none is longer than 300 lines", () => {
  for (const file of sources(root)) {
    const lines = Deno.readTextFileSync(file).split("\n").length;
    assert.ok(lines <= 300, `${relative(root, file)} has ${lines} lines`);
  }
});

Deno.test("the names of phases are the schedule's: everything else asks whether one is measured", () => {
  const names = Object.values({ ...BLOCK_SEGMENTS, ...MIGRATION_SEGMENTS });
  for (const file of sources(root)) {
    const text = Deno.readTextFileSync(file);
    assert.doesNotMatch(text, /\bsegment [!=]== ["'`]/, relative(root, file));
    assert.doesNotMatch(text, new RegExp(`\\bsegment: "(${names.join("|")})"`), relative(root, file));
  }
  const shown = ["queries/analysis", "templates", "notebooks"].flatMap((
    folder,
  ) => [...files(resolve(root, "..", folder))]);
  assert.ok(shown.length > 50);
  for (const file of shown) {
    // Those that bring older stores forward know the names of their time.
    if (/schema\/00[1-4]\.sql$/.test(file)) continue;
    const text = Deno.readTextFileSync(file);
    assert.doesNotMatch(text, /\bsegment\b\\?"?\s*(=+|<>|!=+|IN\s*\()\s*\\?['"]/i, file);
    // These are words for something else as well: the role of an arm, and the kind of a run.
    const own = names.filter((name) =>
      name !== MIGRATION_SEGMENTS.baseline && name !== MIGRATION_SEGMENTS.migrate
    );
    assert.doesNotMatch(text, new RegExp(`['"](${own.join("|")})['"]`), file);
  }
});

/** Functions and methods with their first line and how many they have, by the indentation that the formatter keeps. */
function functionsIn(file: string): { first: string; lines: number }[] {
  const lines = Deno.readTextFileSync(file).split("\n");
  return lines.flatMap((line, at) => {
    const start = /^( *)((export )?(async )?function\b|((static|async|get) )*[#*]?\w+\(|.*=> \{$)/.exec(line);
    if (start === null) return [];
    const indent = start[1]!.length;
    const after = lines.slice(at + 1).map((text, index) => ({ text, lines: index + 2 }));
    const end = after.find(({ text }) =>
      /^ *\}/.test(text) && text.search(/\S/) <= indent && !/\{$/.test(text)
    );
    return end?.text.search(/\S/) === indent ? [{ first: line.trim(), lines: end.lines }] : [];
  });
}

Deno.test("docs/architecture.md names every folder, and the order in which they import each other", () => {
  const text = Deno.readTextFileSync(resolve(root, "../docs/architecture.md"));
  const order = /Imports run one way: ([^.]*\.ts[^.]*)\./.exec(text)![1]!.split("→")
    .map((step) => [...step.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
  const place = new Map(order.flatMap((names, at) => names.map((name) => [name, at] as const)));
  // What checks the others stands beside them.
  const beside = ["stories", "testing"];
  for (const { name } of [...Deno.readDirSync(root)].filter(({ isDirectory }) => isDirectory)) {
    assert.ok(text.includes(`tasks/${name}/`), `${name} is not named`);
    assert.ok(place.has(name) || beside.includes(name), `${name} has no place in the order`);
  }
  for (const [file, targets] of imports()) {
    const [from, ...tos] = [file, ...targets].map((path) => path.split("/")[0]!);
    if (!place.has(from!)) continue;
    for (const to of tos.filter((to) => place.has(to) && to !== from)) {
      assert.ok(place.get(from!)! <= place.get(to)!, `${file}: ${from} imports ${to}`);
    }
  }
});

Deno.test("functions fit on a screen: none is longer than 60 lines", () => {
  const own = [...sources(root)].filter((file) => !file.startsWith(join(root, "testing/")));
  const found = own.flatMap((file) =>
    functionsIn(file).map((each) => ({ ...each, file: relative(root, file) }))
  );
  const known = found.find(({ first }) => first.startsWith("export async function makeArms("));
  assert.ok(known !== undefined && known.lines > 20 && found.length > 1000, `${found.length} functions`);
  for (const { file, first, lines } of found) {
    assert.ok(lines <= 60, `${file}: ${first} has ${lines} lines`);
  }
});
