import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { BenchbookError, ServiceError, UsageError } from "../model/errors.ts";
import { checkHome, claimHome, HOME_MARK } from "./home.ts";
import { acquireLock } from "./lock.ts";
import { prepareHome } from "./places.ts";
import { clusterPlace, prepareCluster } from "./postgres_cluster.ts";
import { assertAsFound } from "../testing/facts.ts";
import { lookAtFolder } from "../testing/look_at_folder.ts";
import { withTempHome } from "./testing.ts";

/** An empty folder, removed afterwards. */
function inFolder(test: (folder: string) => void): () => void {
  return () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "benchbook-home-")));
    try {
      test(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

function write(path: string, content = ""): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
const refusal = (message: RegExp) => (error: unknown) =>
  error instanceof UsageError && error.exitCode === 2 && message.test(error.message) &&
  error.next !== undefined;

/** What lies in a home that a version without a mark has used. */
function oldHome(home: string): void {
  write(join(home, "bench.lock"));
  write(join(home, "postgres/18/PG_VERSION"), "18\n");
  write(join(home, "postgres/18/benchbook.conf"), "fsync = 'on'\n");
  write(join(home, "secrets/postgres"), "0".repeat(48));
  write(join(home, "logs/postgres.log"), "ready");
  write(join(home, "logs/graphql-2.log"), "ready");
  write(join(home, "notebooks", `${"a".repeat(64)}.json`), "{}");
  write(join(home, "spool/20260101-000000-abcd/run.json"), "{}");
  write(join(home, "calibration.json"), '{\n  "schema": 1\n}\n');
  write(join(home, "redis/root/usr/bin/redis-server"));
  write(join(home, "redis/lock"));
}

Deno.test(
  "a home that is absent or empty is made ours, with a mark that says what it is",
  inFolder((folder) => {
    for (const home of [join(folder, "new", "deep"), join(folder, "empty")]) {
      if (home.endsWith("empty")) mkdirSync(home);
      checkHome(home);
      assert.ok(!existsSync(join(home, HOME_MARK)), "a look changes nothing");
      claimHome(home);
      assert.match(
        readFileSync(join(home, HOME_MARK), "utf8"),
        /^benchbook-home 1\nThis folder is kept by Benchbook/,
      );
      write(join(home, "mine.txt"), "a file beside it does not matter any more");
      claimHome(home);
    }
  }),
);

Deno.test(
  "a disk's own folders make it no less empty",
  inFolder((folder) => {
    mkdirSync(join(folder, "lost+found"));
    claimHome(folder);
    assert.ok(existsSync(join(folder, HOME_MARK)));
  }),
);

Deno.test(
  "what an earlier version left and nothing else is adopted, also where a part lies on another disk",
  inFolder((folder) => {
    const [home, other] = [join(folder, "home"), join(folder, "other")];
    oldHome(home);
    Deno.renameSync(join(home, "postgres"), other);
    symlinkSync(other, join(home, "postgres"));
    write(join(home, "results", "benchbook.duckdb"));
    claimHome(home);
    assert.ok(existsSync(join(home, HOME_MARK)));
    assert.ok(existsSync(join(other, "18/PG_VERSION")));
  }),
);

// Folders that somebody else could have; each is refused by whatever would use it, and stays as it was.
const FOREIGN: readonly [what: string, make: (folder: string) => void, said: RegExp][] = [
  ["a folder of notes", (folder) => write(join(folder, "notes.txt")), /it holds notes\.txt/],
  [
    "a cluster of somebody's",
    (folder) => write(join(folder, "postgres/18/PG_VERSION"), "18"),
    /it holds postgres/,
  ],
  [
    "a folder that would become a cluster",
    (folder) => write(join(folder, "postgres/18/data.txt")),
    /it holds postgres/,
  ],
  ["secrets of somebody's", (folder) => write(join(folder, "secrets/id_rsa"), "key"), /it holds secrets/],
  [
    "notebooks of somebody's",
    (folder) => write(join(folder, "notebooks/a.ipynb"), "{}"),
    /it holds notebooks/,
  ],
  ["logs of somebody's", (folder) => write(join(folder, "logs/app.log"), "log"), /it holds logs/],
  ["reports alone", (folder) => write(join(folder, "reports/benchbook.duckdb")), /it holds reports/],
  ["folders of our names, all empty", (folder) => mkdirSync(join(folder, "logs")), /it holds logs/],
  ["an old home with a file of the user's", (folder) => {
    oldHome(folder);
    write(join(folder, "thesis.tex"));
  }, /it holds thesis\.tex/],
  [
    "a mark that is somebody else's",
    (folder) => write(join(folder, HOME_MARK), "mine\n"),
    /is not Benchbook's/,
  ],
  ["a mark that is a link", (folder) => {
    write(join(folder, "mark"), "");
    symlinkSync(join(folder, "mark"), join(folder, HOME_MARK));
  }, /is not Benchbook's/],
  [
    "a home of a newer version",
    (folder) => write(join(folder, HOME_MARK), "benchbook-home 2\n"),
    /newer Benchbook/,
  ],
];

for (const [what, make, said] of FOREIGN) {
  Deno.test(
    `a home is refused and left as it was: ${what}`,
    inFolder((folder) => {
      make(folder);
      const before = lookAtFolder(folder);
      for (
        const use of [
          checkHome,
          claimHome,
          prepareHome,
          (home: string) => acquireLock(home, "test").release(),
        ]
      ) {
        assert.throws(() => use(folder), refusal(said));
      }
      assertAsFound(before, lookAtFolder(folder));
    }),
  );
}

Deno.test(
  "the root, the user's own folder and what holds the checkout are no home, however marked",
  inFolder((folder) => {
    const checkout = resolve(import.meta.dirname!, "../..");
    assert.throws(() => claimHome("/"), refusal(/root of the file system/));
    assert.throws(() => claimHome(checkout), refusal(/holds the checkout/));
    assert.throws(() => claimHome(join(checkout, "tasks")), refusal(/not empty/));
    const home = homedir();
    Deno.env.set("HOME", folder);
    try {
      // The checkout may lie in the folder that was the user's own until here.
      assert.throws(() => claimHome(dirname(checkout)), refusal(/holds the checkout/));
      claimHome(join(folder, "within"));
      assert.throws(() => claimHome(folder), refusal(/your home folder/));
      symlinkSync(folder, join(folder, "within", "link"));
      assert.throws(() => claimHome(join(folder, "within", "link")), refusal(/your home folder/));
    } finally {
      Deno.env.set("HOME", home);
    }
  }),
);

Deno.test(
  "a home that is a link is what it leads to; one that leads nowhere and a file are refused",
  inFolder((folder) => {
    mkdirSync(join(folder, "real"));
    symlinkSync(join(folder, "real"), join(folder, "link"));
    claimHome(join(folder, "link"));
    assert.deepEqual(names(join(folder, "real")), [HOME_MARK]);
    assert.ok(lstatSync(join(folder, "link")).isSymbolicLink());
    symlinkSync(join(folder, "nowhere"), join(folder, "dangling"));
    assert.throws(() => claimHome(join(folder, "dangling")), refusal(/leads nowhere/));
    write(join(folder, "file"));
    assert.throws(() => claimHome(join(folder, "file")), refusal(/not a folder/));
    assert.throws(() => claimHome(join(folder, "file", "deep")), BenchbookError);
  }),
);

Deno.test(
  "a mark that a full disk cut short is completed",
  inFolder((folder) => {
    claimHome(folder);
    const whole = readFileSync(join(folder, HOME_MARK), "utf8");
    for (const cut of ["", whole.slice(0, 9)]) {
      write(join(folder, HOME_MARK), cut);
      claimHome(folder);
      assert.equal(readFileSync(join(folder, HOME_MARK), "utf8"), whole);
    }
  }),
);

Deno.test("what lies in the place of the cluster and is none is refused and kept, also in a home of ours", () =>
  withTempHome(async (home) => {
    const place = clusterPlace(home);
    const file = join(place.data, "data.txt");
    write(file, "precious");
    await assert.rejects(
      prepareCluster(place, home, join(home, "logs", "postgres.log")),
      (error) => error instanceof ServiceError && /it is not empty, and is no cluster/.test(error.message),
    );
    assert.equal(readFileSync(file, "utf8"), "precious");
  }));
