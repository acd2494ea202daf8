import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { BenchbookError, UsageError } from "../../model/errors.ts";
import { withTempDir } from "../../store/testing.ts";
import { claimSite, SITE_MARK } from "./site_folder.ts";
import { type SiteFile, writeSite } from "./write_site.ts";

/** Publishes files into `site` of the folder. */
function publish(dir: string, files: readonly SiteFile[], signal?: AbortSignal) {
  using site = claimSite(join(dir, "site"), []);
  return writeSite(site, files, signal);
}

const pages = (text: string, ...runs: string[]): SiteFile[] => [
  ...runs.map((run) => ({ path: `${run}/index.html`, text: `${text} of ${run}` })),
  { path: "index.html", text: `${text}: ${runs}` },
];

/** All files of a folder with their text. */
const content = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      lstatSync(join(folder, name)).isFile()
    ).sort().map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );

const refusal = (code: number, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof BenchbookError, String(error));
  assert.equal(error.exitCode, code);
  assert.match(error.message, message);
  return true;
};

Deno.test("what is the same is not written again, what is no longer wanted goes, and what is missing comes back", () =>
  withTempDir((dir) => {
    const source = join(dir, "report.pdf");
    writeFileSync(source, "PDF");
    const files = (...runs: string[]) => [{ path: "a/report.pdf", from: source }, ...pages("page", ...runs)];
    assert.deepEqual(publish(dir, files("a", "b")), { changed: 4, unchanged: 0, removed: 0 });
    const inode = () => statSync(join(dir, "site", "a/report.pdf")).ino;
    const first = inode();
    assert.deepEqual(publish(dir, files("a", "b")), { changed: 0, unchanged: 4, removed: 0 });
    assert.deepEqual(publish(dir, files("a")), { changed: 1, unchanged: 2, removed: 1 });
    assert.equal(inode(), first);
    assert.deepEqual(Object.keys(content(join(dir, "site"))), [
      "a/index.html",
      "a/report.pdf",
      SITE_MARK,
      "index.html",
    ]);
    rmSync(join(dir, "site", "a/report.pdf"));
    writeFileSync(join(dir, "site", "index.html"), "torn");
    assert.deepEqual(publish(dir, files("a")), { changed: 2, unchanged: 1, removed: 0 });
    // An edit that is as long is seen too.
    writeFileSync(join(dir, "site", "a/report.pdf"), "PDX");
    assert.deepEqual(publish(dir, files("a")), { changed: 1, unchanged: 2, removed: 0 });
    assert.equal(content(join(dir, "site"))["a/report.pdf"], "PDF");
    writeFileSync(source, "another PDF");
    assert.equal(publish(dir, files("a")).changed, 1);
    assert.equal(content(join(dir, "site"))["a/report.pdf"], "another PDF");
  }));

Deno.test("files of others in a site stay, and one in the place of ours is refused before anything is written", () =>
  withTempDir((dir) => {
    const site = join(dir, "site");
    publish(dir, pages("page", "a", "b"));
    writeFileSync(join(site, "CNAME"), "lab.example");
    writeFileSync(join(site, "b/notes.txt"), "mine");
    publish(dir, pages("page", "a"));
    assert.deepEqual(Object.keys(content(site)), [
      "CNAME",
      "a/index.html",
      "b/notes.txt",
      SITE_MARK,
      "index.html",
    ]);
    for (
      const make of [
        () => mkdirSync(join(site, "c/index.html"), { recursive: true }),
        () => symlinkSync(dir, join(site, "c")),
        () => writeFileSync(join(site, "c"), "mine"),
      ]
    ) {
      make();
      const before = content(site);
      assert.throws(
        () => publish(dir, pages("new", "a", "c")),
        refusal(2, /what lies at c.* is not Benchbook's$/),
      );
      assert.deepEqual(content(site), before);
      rmSync(join(site, "c"), { recursive: true });
    }
  }));

Deno.test("a publish that is interrupted, or cannot write, leaves the former site whole and nothing beside it", () =>
  withTempDir((dir) => {
    const site = join(dir, "site");
    publish(dir, pages("old", "a"));
    const before = content(site);
    const { signal } = { signal: AbortSignal.abort() };
    assert.throws(() => publish(dir, pages("new", "a", "b"), signal), { name: "AbortError" });
    assert.deepEqual(content(site), before);
    const gone = { path: "z/index.html", from: join(dir, "nowhere") };
    assert.throws(() => publish(dir, [...pages("new", "a"), gone]), refusal(3, /^Cannot publish into /));
    assert.deepEqual(content(site), before);
    assert.deepEqual(readdirSync(site).sort(), ["a", SITE_MARK, "index.html"]);
  }));

Deno.test("what one that was killed has left in a site of ours is cleared away, and its files are known", () =>
  withTempDir((dir) => {
    const site = join(dir, "site");
    publish(dir, pages("old", "a"));
    {
      // As it is when it is killed: nobody disposes of it.
      const killed = claimSite(site, []);
      cpSync(killed.stage, join(dir, "stage"), { recursive: true });
      killed[Symbol.dispose]();
      cpSync(join(dir, "stage"), killed.stage, { recursive: true });
      writeFileSync(join(killed.stage, "0"), "half of a pa");
    }
    // Killed when half of it was in its place: the mark knew of all.
    const mark = JSON.parse(readFileSync(join(site, SITE_MARK), "utf8"));
    mark.files["b/index.html"] = { bytes: 3, source: null };
    writeFileSync(join(site, SITE_MARK), JSON.stringify(mark));
    mkdirSync(join(site, "b"));
    writeFileSync(join(site, "b/index.html"), "new");
    publish(dir, pages("new", "a"));
    assert.deepEqual(readdirSync(site).sort(), ["a", SITE_MARK, "index.html"]);
  }));

Deno.test("a folder of others that only has the name of one of ours stays, with what is in it", () =>
  withTempDir((dir) => {
    const site = join(dir, "site");
    publish(dir, pages("old", "a"));
    mkdirSync(join(site, ".benchbook-publish-notes"));
    writeFileSync(join(site, ".benchbook-publish-notes/my.txt"), "mine");
    mkdirSync(join(site, ".benchbook-publish-empty"));
    writeFileSync(join(site, ".benchbook-publish-file"), "mine");
    symlinkSync(dir, join(site, ".benchbook-publish-link"));
    const before = readdirSync(site, { recursive: true }).length;
    publish(dir, pages("new", "a"));
    assert.equal(readdirSync(site, { recursive: true }).length, before);
    assert.equal(readFileSync(join(site, ".benchbook-publish-notes/my.txt"), "utf8"), "mine");
  }));

Deno.test("a mark that names files elsewhere removes none of them", () =>
  withTempDir((dir) => {
    const site = join(dir, "site");
    publish(dir, pages("old", "a"));
    const names = [
      "../precious.html",
      "/etc/precious.html",
      "a/../../precious.html",
      "a/b/c/precious.html",
      "notes.txt",
    ];
    writeFileSync(join(dir, "precious.html"), "mine");
    writeFileSync(join(site, "notes.txt"), "mine");
    const mark = JSON.parse(readFileSync(join(site, SITE_MARK), "utf8"));
    for (const name of names) mark.files[name] = { bytes: 4, source: null };
    writeFileSync(join(site, SITE_MARK), JSON.stringify(mark));
    assert.equal(publish(dir, pages("old", "a")).removed, 0);
    assert.ok(existsSync(join(dir, "precious.html")) && existsSync(join(site, "notes.txt")));
  }));

Deno.test("two publishes at once: the second is refused, and the first goes on", () =>
  withTempDir((dir) => {
    using first = claimSite(join(dir, "site"), []);
    assert.throws(() => publish(dir, pages("new", "a")), refusal(3, /another publish is at work there$/));
    writeSite(first, pages("old", "a"));
    assert.equal(content(join(dir, "site"))["index.html"], "old: a");
  }));

Deno.test("a place that is not ours to publish into is refused in a sentence, and stays as it was", () =>
  withTempDir((dir) => {
    const apart = [{ path: join(dir, "reports"), what: "the reports folder" }];
    mkdirSync(join(dir, "reports/deep"), { recursive: true });
    mkdirSync(join(dir, "user"));
    writeFileSync(join(dir, "user/letter.txt"), "Dear");
    symlinkSync(join(dir, "user"), join(dir, "link"));
    symlinkSync(join(dir, "nowhere"), join(dir, "dangling"));
    symlinkSync(join(dir, "reports"), join(dir, "aside"));
    const torn = (text: string) => {
      mkdirSync(join(dir, "torn"), { recursive: true });
      writeFileSync(join(dir, "torn", SITE_MARK), text);
    };
    torn("{");
    const before = content(dir);
    const refused: [string, RegExp][] = [
      ["user", /it is not a site of Benchbook's, and holds letter\.txt$/],
      ["user/letter.txt", /it is not a folder$/],
      ["user/letter.txt/site", /it lies in what is not a folder$/],
      ["link", /it is a link to .*user$/],
      ["dangling", /it is a link to /],
      ["reports", /it is the reports folder$/],
      ["reports/deep/site", /it lies in the reports folder, /],
      ["aside/site", /it lies in the reports folder, /],
      [".", /it holds the reports folder, /],
      ["torn", /its benchbook-site\.json cannot be read: /],
    ];
    for (const [place, message] of refused) {
      assert.throws(() => claimSite(join(dir, place), apart), (error) => {
        assert.ok(error instanceof UsageError, String(error));
        return refusal(2, message)(error);
      }, place);
    }
    for (
      const text of [
        '{"generator":"Other","schema":1,"files":{}}',
        '{"generator":"Benchbook","schema":2}',
        "null",
      ]
    ) {
      torn(text);
      assert.throws(() => claimSite(join(dir, "torn"), apart), refusal(2, /cannot be read: /), text);
    }
    torn("{");
    assert.deepEqual(content(dir), before);
  }));

Deno.test("what comes to nothing the first time leaves nothing", () =>
  withTempDir((dir) => {
    mkdirSync(join(dir, "empty"));
    for (const [name, left] of [["new", false], ["empty", true]] as const) {
      using site = claimSite(join(dir, name), []);
      site.giveUp();
      assert.equal(existsSync(join(dir, name)), left);
    }
    assert.deepEqual(readdirSync(join(dir, "empty")), []);
  }));
