/** What makes a run short, and its data little: the whole way, in seconds. */
export const SHORT = "--scale tiny --duration 1500ms --warmup 300ms";

/** A short run of which only the summary is wanted. */
export const SUMMARY = `${SHORT} --no-report --json`;

/** Long enough for targets of p95: as many requests of each path as tell where that is. */
export const FOR_P95 = "--scale tiny --duration 4s --warmup 300ms";
