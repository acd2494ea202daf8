import process from "node:process";

/**
 * Stops a process and all its descendants in mid-work, as a machine that hangs does: connections stay open and nothing
 * is answered. Linux alone.
 * @returns lets them go on; calling it twice is harmless
 */
export function freeze(pid: number): () => void {
  // The parent first: it then starts no more of them.
  const stopped = new Set<number>();
  for (let found = [pid]; found.length > 0;) {
    for (const id of found) {
      process.kill(id, "SIGSTOP");
      stopped.add(id);
    }
    found = childrenOf(stopped).filter((id) => !stopped.has(id));
  }
  return () => {
    for (const id of stopped) {
      try {
        process.kill(id, "SIGCONT");
      } catch {
        // It was killed meanwhile.
      }
    }
    stopped.clear();
  };
}

/** Processes whose parent is one of these. */
export function childrenOf(parents: ReadonlySet<number>): number[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    try {
      const stat = Deno.readTextFileSync(`/proc/${Number(name)}/stat`);
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      return parents.has(parent) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
