import { optional } from "./files/optional.ts";
import { formatSeconds } from "./model/units.ts";
import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { printable } from "./terminal/safe_text.ts";
import { childEnvironment } from "./stack/child_environment.ts";

/**
 * Brings the packages of deno.lock into node_modules, once. Every task runs this first; it imports nothing
 * that has to be fetched. It is a step of its own, and not left to Deno's automatic install, for the sake of
 * a resolver option: Deno asks for the registry's address once for each of hundreds of packages, dozens at a
 * time, and where a name server drops such bursts the C library waits 5 s before it asks again. On such a
 * machine the first start took a minute; with a wait of 1 s it takes a quarter of that.
 */
const RESOLVER = "timeout:1 attempts:5";

const SERVICE_FAILED = 3;
const root = resolve(import.meta.dirname!, "..");
const stamp = join(root, "node_modules", ".benchbook");

if (optional(stamp) !== wanted()) install();

function install(): void {
  console.error("Fetching the packages of deno.lock (the first time only) …");
  const started = performance.now();
  const resolver = `${Deno.env.get("RES_OPTIONS") ?? ""} ${RESOLVER}`.trim();
  const { code, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["install", "--quiet", "--frozen", "--node-modules-dir=auto"],
    cwd: root,
    // What it says stands within a sentence of ours: without colours.
    env: childEnvironment({ RES_OPTIONS: resolver, NO_COLOR: "1" }),
    clearEnv: true,
    stdout: "null",
    stderr: "piped",
  }).outputSync();
  if (code !== 0) {
    console.error("error: Cannot fetch the packages of deno.lock: deno install failed");
    console.error(printable(new TextDecoder().decode(stderr).trim().replaceAll(/^/gm, "  ")));
    console.error("  Check that an npm registry can be reached, and run the task again.");
    Deno.exit(SERVICE_FAILED);
  }
  Deno.writeTextFileSync(stamp, wanted());
  console.error(`Fetched in ${formatSeconds((performance.now() - started) / 1000)}.`);
}

/** What node_modules must have been made from. */
function wanted(): string {
  const hash = createHash("sha256");
  for (const file of ["deno.json", "deno.lock"]) hash.update(Deno.readTextFileSync(join(root, file)));
  return hash.update(Deno.version.deno).digest("hex");
}
