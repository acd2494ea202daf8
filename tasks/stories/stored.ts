import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { HOPELESS, search } from "../pipeline/testing_nap.ts";
import { brokenLinks } from "../report/publish/testing_links.ts";
import { ExitCode } from "../model/errors.ts";
import { runShownSql } from "./shown_sql.ts";
import { SUMMARY } from "./short.ts";
import type { Place, Story } from "./story.ts";

const STORE = '--db "$MINE/kept.duckdb"';
const folderOf = (place: Place, label: string) =>
  [...Deno.readDirSync(place.bench.reports)].map(({ name }) => join(place.bench.reports, name)).find(
    (folder) => {
      const file = join(folder, "summary.json");
      return existsSync(file) && JSON.parse(Deno.readTextFileSync(file)).run.label === label;
    },
  );

/** What can be done with runs that are stored. */
export const STORED: readonly Story[] = [
  {
    promise: "a run is kept in a store of one's own",
    // As long as gives a busy machine two samples of the host: rates, which a query of the pages asks for, take as many.
    typed: `deno task bench smoke --label kept ${STORE} ${SUMMARY} --duration 3s`,
    ends: "pass",
    judge: (_, { mine }) => assert.ok(existsSync(join(mine, "kept.duckdb"))),
  },
  {
    promise: "report renders it later, PDF too",
    typed: `deno task report kept ${STORE}`,
    ends: 0,
    judge(_, place) {
      const folder = folderOf(place, "kept")!;
      assert.equal(Deno.readTextFileSync(join(folder, "report.pdf")).slice(0, 5), "%PDF-");
      assert.match(Deno.readTextFileSync(join(folder, "index.html")), /<h1/);
    },
  },
  {
    promise: "--no-pdf makes the page alone, and says that the older PDF is gone",
    typed: `deno task report latest --no-pdf ${STORE}`,
    ends: 0,
    judge(_, place) {
      const folder = folderOf(place, "kept")!;
      assert.ok(existsSync(join(folder, "index.html")));
      assert.ok(!existsSync(join(folder, "report.pdf")));
    },
  },
  {
    promise: "publish makes a site of the runs of a store, and --no-pdf leaves PDFs out where it renders",
    typed: `deno task publish "$MINE/site" --no-pdf ${STORE}`,
    ends: 0,
    judge({ stdout }, { mine }) {
      assert.match(stdout, /^. Reports: 0 pages rendered, 1 unchanged/m);
      assert.deepEqual(brokenLinks(join(mine, "site")), []);
    },
  },
  {
    promise: "notebook runs all of them on that run",
    typed: `deno task notebook --run kept --timeout 5m ${STORE}`,
    ends: 0,
    judge: ({ said }) => assert.match(said, /access-paths\.ipynb/),
  },
  {
    promise: "--timeout is the longest that a cell may take",
    typed: `deno task notebook --run kept --timeout 1ms ${STORE}`,
    ends: ExitCode.service,
    judge: ({ said }) => assert.match(said, /did not end within 1 ms/),
  },
  {
    promise: "notebook opens Jupyter on the notebooks",
    typed: 'PATH="$MINE:$PATH" deno task notebook',
    prepare: ({ mine }) =>
      Deno.writeTextFileSync(join(mine, "jupyter-lab"), '#!/bin/sh\necho "opened: $@"\n', { mode: 0o755 }),
    ends: 0,
    judge: ({ stdout }, { root }) => assert.ok(stdout.trim().endsWith(join(root, "notebooks")), stdout),
  },
  {
    promise: "every timing is one SQL query away, as the pages write it",
    typed: `deno task runs ${STORE}`,
    ends: 0,
    async judge(_, place) {
      const tables = await runShownSql(join(place.mine, "kept.duckdb"), place.root);
      assert.ok(tables.length > 0);
      for (const rows of tables) assert.ok(rows > 0);
    },
  },
  {
    promise: "a search for a rate is one entry, and --probes lists the runs that it made",
    typed: "deno task runs --probes",
    prepare: ({ bench }) => search(bench, HOPELESS),
    ends: 0,
    async judge({ stdout }, place) {
      const probes = stdout.match(/^\d{8}-\d{6}-\S+ +find-rate /gm) ?? [];
      assert.ok(probes.length > 1, stdout);
      assert.equal((await place.type("deno task runs")).stdout.match(/find-rate/g)?.length, 1);
    },
  },
  {
    promise: "runs rm removes a run and its report",
    typed: `deno task runs ${STORE} rm kept`,
    ends: 0,
    async judge({ stdout }, place) {
      assert.match(stdout, /^Removed run \d{8}-/m);
      assert.equal(folderOf(place, "kept"), undefined);
      const { stdout: left } = await place.type(`deno task runs ${STORE}`);
      assert.doesNotMatch(left, /kept/);
    },
  },
];
