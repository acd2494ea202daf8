import assert from "node:assert/strict";
import { UsageError } from "../model/errors.ts";
import { monotonicUs } from "../net/clock.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { SqlTarget } from "./sql.ts";
import { askOnce, newCall } from "./target.ts";

const SHOW = "SELECT current_setting('work_mem') AS work_mem, current_setting('my.text') AS text, " +
  "current_setting('enable_indexscan') AS indexscan, current_setting('statement_timeout') AS statement";
const TEXT = "a  b\\ 'c' -c work_mem=9MB";

Deno.test("an arm's settings hold in its sessions, whatever they are made of, beside the limits and the user's own", () =>
  withDatabase(async (url) => {
    const theirs = new URL(url);
    theirs.searchParams.set("options", "-c work_mem=7MB");
    const settings = { work_mem: "64MB", "my.text": TEXT, enable_indexscan: "off" };
    const target = new SqlTarget({
      url: theirs.href,
      settings,
      connections: 2,
      limitMs: 6000,
      readOnly: true,
      nowUs: monotonicUs,
    });
    await target.open();
    const show = { operationId: 0, name: "show", write: false, text: SHOW, parameters: [] };
    const call = newCall(show, [], true);
    await askOnce(target, call);
    await target.close();
    assert.deepEqual(call.answer, [{ work_mem: "64MB", text: TEXT, indexscan: "off", statement: "6s" }]);
  }));

Deno.test("a setting that is unknown or has a wrong value is a usage error that names it", () =>
  withDatabase(async (url) => {
    for (
      const [settings, said] of [[{ work_mum: "1MB" }, /work_mum/], [
        { work_mem: "much" },
        /work_mem.*"much"/,
      ]] as const
    ) {
      const target = new SqlTarget({ url, settings: { ...settings }, connections: 1, nowUs: monotonicUs });
      await assert.rejects(target.open(), (error: UsageError) => {
        assert.ok(error instanceof UsageError, String(error));
        assert.match(error.message, said);
        return true;
      });
    }
  }));
