import assert from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import { HOME_MARK } from "../stack/home.ts";
import { SPOOLED } from "./testing_mounts.ts";
import { SHORT, withWorkbench } from "./testing.ts";

/**
 * For a shell script within a mount namespace of its own: `small_disk SIZE` mounts a disk at $DISK with a home, and
 * `shrink MB` leaves so many on it, all at once: of one that is filled up the run may see that it is nearly full, and end
 * in order.
 */
export const SMALL_DISK = `${SPOOLED}
small_disk() {
  mkdir -p "$DISK" && mount -t tmpfs -o size="$1" tmpfs "$DISK" || exit 99
  mkdir -m 711 "$DISK/home"; [ -e "$REDIS" ] && ln -s "$REDIS" "$DISK/home/redis"
  export BENCHBOOK_HOME="$DISK/home"
}
shrink() {
  # It may have been written to since it was looked at.
  for i in $(seq 1000); do
    used=$(df --output=used -k "$DISK" | tail -1)
    mount -o remount,size=$(( used + $1 * 1024 ))k "$DISK" 2>/dev/null && return
  done
  exit 98
}
`;

/** `bench` or another task, and where `FILL` is set a disk with but so many MB left while it runs, and as before for a second bench. */
const SCRIPT = `${SMALL_DISK}
small_disk "$SIZE"; cp "$MARK" "$DISK/home/"
"$DENO" run -A --quiet "$TASK" $FIRST >"$OUT/first" 2>&1 & bench=$!
if [ -n "$FILL" ]; then spooled $bench; shrink "$FILL"; fi
wait $bench; echo "exit $?" >>"$OUT/first"
[ -n "$FILL" ] || exit 0
mount -o remount,size="$SIZE" "$DISK"
"$DENO" run -A --quiet "$BENCH" $SECOND >"$OUT/second" 2>&1; echo "exit $?" >>"$OUT/second"
`;

/**
 * Runs `bench` with its home on a disk of `size`.
 * @param leave MB that it has left in mid-run; null: it stays as it is
 * @param migrating the arguments of `migrate`, which is run in place of it first
 */
export async function onSmallDisk(
  size: string,
  leave: number | null,
  migrating?: readonly string[],
): Promise<{ first: string; second: string }> {
  return await withWorkbench(async (bench) => {
    const out = join(bench.home, "out");
    await Deno.mkdir(out);
    // An ordinary user may mount within a user namespace of his own, and stays himself there.
    const namespace = process.getuid!() === 0 ? ["-m"] : ["-Um", "--map-current-user", "--keep-caps"];
    const short = [...SHORT, "--paths", "sql", "--no-report"].join(" ");
    const { code, stderr } = await new Deno.Command("unshare", {
      args: [...namespace, "sh", "-c", SCRIPT],
      env: {
        DISK: join(bench.home, "disk"),
        SIZE: size,
        FILL: leave === null ? "" : String(leave),
        OUT: out,
        DENO: Deno.execPath(),
        BENCH: join(import.meta.dirname!, "../bench.ts"),
        TASK: join(import.meta.dirname!, migrating === undefined ? "../bench.ts" : "../migrate.ts"),
        MARK: join(bench.home, HOME_MARK),
        REDIS: join(bench.home, "redis"),
        FIRST: migrating !== undefined
          ? migrating.join(" ")
          : leave !== null
          ? `${short} --duration 30s --rate 400`
          : short,
        SECOND: short,
        BENCHBOOK_REPORTS: bench.reports,
        DATABASE_URL: "",
        NO_COLOR: "1",
        COLUMNS: "1000",
      },
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    const read = (name: string) => Deno.readTextFile(join(out, name)).catch(() => "");
    return { first: await read("first"), second: await read("second") };
  });
}
