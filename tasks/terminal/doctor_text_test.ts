import assert from "node:assert/strict";
import type { Calibration } from "../model/calibration.ts";
import type { DoctorCheck } from "../stack/doctor.ts";
import { calibrationFinding, doctorText, notCalibrated } from "./doctor_text.ts";

const DENO: DoctorCheck = { name: "Deno", state: "ok", text: "version 2.9.6", fix: null };
const JUPYTER: DoctorCheck = {
  name: "Jupyter",
  state: "warn",
  text: "not installed; only `deno task notebook` needs it",
  fix: "Run `pip install jupyterlab`.",
};
const missing = (name: string): DoctorCheck => ({
  name,
  state: "missing",
  text: "not found",
  fix: "Install it.",
});
const GENERATOR = { name: "Load generator", state: "ok" } as const;
const calibration = (requestsPerSecond: number) => ({ requestsPerSecond }) as Calibration;

/** The sentence that ends the text. */
function conclusion(...findings: DoctorCheck[]): string {
  return doctorText(findings, "a table").split("\n\n").at(-1)!.replaceAll("\n", " ");
}

Deno.test("what doctor found has an arrow where something can be done, and ends in one answer", async (t) => {
  const findings = [DENO, missing("Redis"), JUPYTER, calibrationFinding(calibration(19_000))];
  await t.assertSnapshot(doctorText(findings, "a table\nKept in a file", { columns: 60, prose: 60 }));
});

Deno.test("there is one answer, which agrees with every entry", () => {
  assert.match(conclusion(DENO), /^Ready: everything that a run needs is there\.$/);
  assert.match(conclusion(DENO, JUPYTER), /^Ready: .* A remark on Jupyter: see above\.$/);
  assert.match(conclusion(missing("Redis"), JUPYTER), /^Partly ready: .* needs Redis\..* on Jupyter/);
  assert.match(conclusion(missing("PostgreSQL"), missing("Redis")), /^Not ready: PostgreSQL and Redis\./);
});

Deno.test("a generator that cannot send on time is an entry of the list, and no second answer below it", () => {
  const busy = calibrationFinding(calibration(0));
  assert.equal(busy.state, "warn");
  assert.match(busy.text, /something else keeps the CPUs busy/);
  assert.match(conclusion(DENO, JUPYTER, busy), /Remarks on Jupyter and Load generator/);
  assert.match(notCalibrated("Cannot take the lock.", null).text, /^not calibrated\. Cannot/);
  assert.deepEqual(calibrationFinding(calibration(19_000)), {
    ...GENERATOR,
    text: "sends on time up to 19,000 requests/s a worker",
    fix: null,
  });
});
