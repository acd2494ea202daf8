import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { findProgram } from "../stack/programs.ts";
import { withWorkbench } from "./testing.ts";

/**
 * What there is on a machine, a line each: entries of the folders for temporary files, System V's shared memory,
 * semaphores and queues, ports that somebody listens at, and processes.
 */
export type Census = readonly string[];

/** How a run ended, and what there was before, while and after it was, and after the next start. */
export interface OnOwnMachine {
  readonly code: number;
  readonly said: string;
  readonly before: Census;
  readonly during: Census;
  readonly after: Census;
  readonly next: string;
  readonly afterNext: Census;
}

/** This shell is the first process there, and the only one that is not the run's. */
const SCRIPT = `
census() {
  for folder in $EMPTIED; do find "$folder" -mindepth 1 | sed "s/^/entry /"; done
  for kind in shm sem msg; do tail -n +2 "/proc/sysvipc/$kind" | sed "s/^ */$kind /"; done
  [ -n "$ALONE" ] && cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -E "^ *[0-9]+: [0-9A-F:]+ [0-9A-F:]+ 0A " |
    sed "s/^/port /"
  for process in /proc/[0-9]*; do
    words=$(tr "\\0" " " <"$process/cmdline" 2>/dev/null)
    [ "$process" != /proc/1 ] && [ -n "$words" ] && echo "process $words"
  done
  true
}
mount --bind "$FOLDER" "$AT" || exit 99
for folder in $EMPTIED; do mount -t tmpfs -o mode=1777 tmpfs "$folder" || exit 99; done
[ -n "$ALONE" ] && ip link set lo up
cd "$AT"
export BENCHBOOK_HOME="$AT/home" BENCHBOOK_REPORTS="$AT/reports"
census >before
setsid "$DENO" run -A --quiet "$BENCH" $RUN >said 2>&1 & run=$!
for i in $(seq 6000); do
  ls home/spool/*/timing-0.seg >/dev/null 2>&1 && break
  kill -0 $run 2>/dev/null || break
  sleep 0.1
done
sleep 0.5
census >during
[ -n "$SIGNAL" ] && kill -"$SIGNAL" $run
wait $run; code=$?
census >after
"$DENO" run -A --quiet "$BENCH" $NEXT >next 2>&1; echo "exit $?" >>next
census >after-next
exit $code
`;

/** Where programs put what is temporary. */
const TEMPORARY = ["/tmp", "/var/tmp", "/dev/shm"];
/** Empty on most machines, and there on all. */
const MOUNTS = ["/mnt", "/media", "/srv", "/opt"];

const root = resolve(import.meta.dirname!, "../..");

/**
 * Runs `bench` with Benchbook's own services in namespaces where nothing else is, so that all that is found there is
 * its own. Linux only.
 * @param signal for the run in mid-measure, such as "INT"; null: it ends by itself
 */
export function onOwnMachine(run: readonly string[], signal: string | null): Promise<OnOwnMachine> {
  return withWorkbench(async ({ folder }) => {
    // What the run itself is made of stays where it is.
    const needed = [root, Deno.execPath(), Deno.env.get("DENO_DIR") ?? homedir()];
    const isFree = (place: string) =>
      existsSync(place) && !needed.some((path) => path.startsWith(`${place}/`));
    const alone = findProgram("ip") !== null;
    const user = process.getuid!() === 0 ? [] : ["-U", "--map-current-user", "--keep-caps"];
    const { code, stderr } = await new Deno.Command("unshare", {
      args: [
        ...user,
        "-m",
        "-i",
        "-p",
        ...alone ? ["-n"] : [],
        "--fork",
        "--mount-proc",
        "sh",
        "-c",
        SCRIPT,
      ],
      env: {
        FOLDER: folder,
        AT: MOUNTS.find(isFree)!,
        EMPTIED: TEMPORARY.filter(isFree).join(" "),
        ALONE: alone ? "1" : "",
        DENO: Deno.execPath(),
        BENCH: join(root, "tasks/bench.ts"),
        RUN: run.join(" "),
        NEXT: "smoke --scale tiny --paths sql --no-report --duration 1s --warmup 100ms --slo errors<1%",
        SIGNAL: signal ?? "",
        TMPDIR: "/tmp",
        DATABASE_URL: "",
        REDIS_URL: "",
        GRAPHQL_URL: "",
        NO_COLOR: "1",
        COLUMNS: "1000",
      },
      stdin: "null",
    }).output();
    const said = (name: string) => {
      try {
        return readFileSync(join(folder, name), "utf8");
      } catch {
        throw new Error(`Cannot run on a machine of its own: ${new TextDecoder().decode(stderr)}`);
      }
    };
    // Tests run as threads of one process, whose environment leads a program now and then to a folder of another.
    const isOthers = (line: string) => /^entry \/(tmp|var\/tmp|dev\/shm)\/benchbook-test-/.test(line);
    const census = (name: string) =>
      said(name).split("\n").filter((line) => line !== "" && !isOthers(line)).sort();
    return {
      code,
      said: said("said"),
      before: census("before"),
      during: census("during"),
      after: census("after"),
      next: said("next"),
      afterNext: census("after-next"),
    };
  }, { apart: true });
}
