import assert from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import { HOME_MARK } from "../stack/home.ts";
import { SHORT, withWorkbench } from "./testing.ts";

/**
 * Within a mount namespace of its own: a home on a disk of `size`, `bench`, and where `FILL` is set that disk
 * has but so many MB left as soon as rows are spooled, and is as large as before for a second bench. It is made smaller,
 * all at once: of one that is filled up the run may see that it is nearly full, and end in order.
 */
const SCRIPT = `
mkdir -p "$DISK" && mount -t tmpfs -o size="$SIZE" tmpfs "$DISK" || exit 99
mkdir -m 711 "$DISK/home"; cp "$MARK" "$DISK/home/"; [ -e "$REDIS" ] && ln -s "$REDIS" "$DISK/home/redis"
export BENCHBOOK_HOME="$DISK/home"
"$DENO" run -A --quiet "$BENCH" $FIRST >"$OUT/first" 2>&1 & bench=$!
if [ -n "$FILL" ]; then
  for i in $(seq 300); do ls "$DISK"/home/spool/*/timing-0.seg >/dev/null 2>&1 && break; sleep 0.1; done
  sleep 1.5
  for i in $(seq 50); do
    used=$(df --output=used -k "$DISK" | tail -1)
    mount -o remount,size=$(( used + FILL * 1024 ))k "$DISK" 2>/dev/null && break
  done
fi
wait $bench; echo "exit $?" >>"$OUT/first"
[ -n "$FILL" ] || exit 0
mount -o remount,size="$SIZE" "$DISK"
"$DENO" run -A --quiet "$BENCH" $SECOND >"$OUT/second" 2>&1; echo "exit $?" >>"$OUT/second"
`;

/**
 * Runs `bench` with its home on a disk of `size`.
 * @param leave MB that filling the disk leaves free; null: it is not filled
 */
export async function onSmallDisk(
  size: string,
  leave: number | null,
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
        MARK: join(bench.home, HOME_MARK),
        REDIS: join(bench.home, "redis"),
        FIRST: leave !== null ? `${short} --duration 30s --rate 400` : short,
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
