import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readConfig } from "../config.ts";
import { ServiceError, UsageError } from "../model/errors.ts";
import type { RunSummary } from "../model/summary.ts";
import { placeStore, storeFile, withStore, withTempDir } from "../store/testing.ts";
import { makeRun } from "../summary/compare/testing.ts";
import { summarise } from "../summary/summarise.ts";
import { HOSTILE } from "../testing/hostile.ts";
import { openParts, prepareFolder } from "./export_folder.ts";
import { exportRun } from "./export_task.ts";

/** What export prints of a run of a store in a folder, and where it put its files. */
async function exported(dir: string, reference: string, place = join(dir, reference)) {
  const said: string[] = [];
  const print = console.log;
  console.log = (text: string) => void said.push(text);
  try {
    await exportRun(reference, place, { db: storeFile(dir) }, readConfig());
  } finally {
    console.log = print;
  }
  return { place, said: said.join("\n") };
}

Deno.test("an export has every timing with its texts, in a CSV no spreadsheet takes for a formula, and the report's numbers", () =>
  withTempDir(async (dir) => {
    await placeStore(storeFile(dir));
    const texts = HOSTILE.map(([, text]) => text.replaceAll(/\p{Cs}/gu, "\ufffd").replaceAll("\0", "?"));
    const summary = await withStore(storeFile(dir), "write", async (store) => {
      const run = await makeRun(store, {
        label: "hostile",
        failing: 0.5,
        slots: 1200,
        run: { verdict: "invalid" },
      });
      for (const [slot, text] of texts.entries()) {
        await store.run("UPDATE timing SET error = $text WHERE slot = $slot", { slot, text });
      }
      return await summarise(store, run);
    });
    const { place, said } = await exported(dir, "hostile");
    assert.match(said, /^Wrote 1,200 timings of [\s\S]*^• The run is INVALID/m);
    await withStore(storeFile(dir), "read", async (store) => {
      const read = (name: string, options = "") =>
        store.rows<{ slot: number; error: string | null }>(
          `SELECT slot::DOUBLE AS slot, error FROM ${name}('${place}/timings.${
            name.slice(5)
          }'${options}) ORDER BY slot`,
        );
      const parquet = await read("read_parquet");
      const csv = await read(
        "read_csv",
        ", header = true, types = {'error': 'VARCHAR'}, quote = '\"', escape = '\"', delim = ','",
      );
      assert.deepEqual(parquet.slice(0, texts.length).map(({ error }) => error), texts);
      assert.equal(csv.length, 1200);
      for (const [at, { error }] of csv.entries()) {
        assert.doesNotMatch(error ?? "", /^[\s\u00a0]*[=+@＝＋－＠-]|^[\t\r\n]/);
        assert.equal(
          (error ?? "").replace(/^'(?=[\s\p{C}\p{Z}]*[=+@＝＋－＠-]|[\t\r\n])/u, ""),
          parquet[at]!.error ?? "",
        );
      }
    });
    const stored = JSON.parse(readFileSync(join(place, "summary.json"), "utf8")) as RunSummary;
    assert.deepEqual(stored, JSON.parse(JSON.stringify(summary)));
    const metrics = readFileSync(join(place, "metrics.txt"), "utf8");
    for (const { arm, operation, response } of summary.operations) {
      const line = `scenario="${summary.run.scenario}",arm="${arm}",operation="${
        operation ?? "all"
      }",quantile="0.5"} `;
      const told = Number(metrics.split(line)[1]!.split("\n")[0]);
      assert.ok(Math.abs(told * 1000 / response["0.5"]!.value! - 1) < 1e-9);
    }
    // A folder may have so long a path; a file in it may not.
    let full = dir;
    while (full.length < 3_900) full = join(full, "x".repeat(100));
    full = join(full, "x".repeat(4_090 - full.length));
    mkdirSync(full, { recursive: true });
    await assert.rejects(exported(dir, "hostile", full), (error) => {
      assert.ok(error instanceof ServiceError, String(error));
      assert.match(error.message, /^Cannot export into /);
      return true;
    });
    assert.deepEqual(readdirSync(full), []);
  }));

Deno.test("a file that somebody puts there while it is exported stays, and nothing of the export does", () =>
  withTempDir(async (dir) => {
    await placeStore(storeFile(dir));
    await withStore(storeFile(dir), "write", (store) => makeRun(store, { label: "one", slots: 1200 }));
    const place = join(dir, "place");
    const theirs = join(place, "metrics.txt");
    const exporting = exported(dir, "one", place).then(() => null, (error) => error as unknown);
    // Once it has looked whether the folder is empty.
    while (!existsSync(place) || readdirSync(place).length === 0) await new Promise(setImmediate);
    assert.match(readdirSync(place).join(), /^\.export-\w+$/);
    writeFileSync(theirs, "theirs");
    const error = await exporting;
    assert.ok(error instanceof UsageError, String(error));
    assert.match(error.message, /^Cannot export into .*, as it must be empty: it holds metrics\.txt$/);
    assert.deepEqual(readdirSync(place), ["metrics.txt"]);
    assert.equal(readFileSync(theirs, "utf8"), "theirs");
  }));

Deno.test("what an export that was killed has left is taken away by the next one, and what only has its name stays", () =>
  withTempDir((dir) => {
    const place = join(dir, "place");
    const held = (name: string) => {
      assert.throws(() => prepareFolder(place), (error) => {
        assert.ok(error instanceof UsageError, String(error));
        assert.ok(error.message.endsWith(`, as it must be empty: it holds ${name}`), error.message);
        return true;
      });
      assert.deepEqual(readdirSync(place), [name]);
    };
    assert.equal(prepareFolder(place), true);
    const killed = join(dir, "killed");
    {
      using parts = openParts(place);
      writeFileSync(join(parts.path, "timings.parquet"), "half of");
      // While it is at work it is left alone.
      held(basename(parts.path));
      cpSync(parts.path, killed, { recursive: true });
    }
    assert.deepEqual(readdirSync(place), []);
    for (const file of ["notes.txt", "benchbook-export.json"]) {
      mkdirSync(join(place, ".export-mine"));
      writeFileSync(join(place, ".export-mine", file), "mine");
      held(".export-mine");
      rmSync(join(place, ".export-mine"), { recursive: true });
    }
    cpSync(killed, join(place, ".export-AbCdEf"), { recursive: true });
    assert.equal(prepareFolder(place), false);
    assert.deepEqual(readdirSync(place), []);
  }));
