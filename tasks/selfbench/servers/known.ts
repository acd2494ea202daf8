/** Every request takes so long … */
const LEAST_US = 10_000;
/** … and an exponential time besides, of this mean. */
const MEAN_US = 40_000;

/** The quantile `p` of the service times that the server draws, µs. */
export function serviceTimeUs(p: number): number {
  return LEAST_US - MEAN_US * Math.log1p(-p);
}

/** The share of service times up to so many µs. */
export function servedWithin(us: number): number {
  return us <= LEAST_US ? 0 : -Math.expm1(-(us - LEAST_US) / MEAN_US);
}

/** When the server stood still, µs on the clock of whatever is held against it. */
export interface Freeze {
  readonly fromUs: number;
  readonly toUs: number;
}

/** When an answer leaves that was asked for at `atUs` and takes `serviceUs`. */
export function dueAt(atUs: number, serviceUs: number, { fromUs, toUs }: Freeze): number {
  if (atUs >= fromUs && atUs < toUs) return toUs + serviceUs;
  const dueUs = atUs + serviceUs;
  return atUs < fromUs && dueUs > fromUs ? Math.max(dueUs, toUs) : dueUs;
}

/**
 * The share of response times up to so many µs where requests come openly and none waits for another: those due in
 * the freeze wait for its rest before they are served, and an answer that was due in it leaves at its end.
 * @param intended when requests were due, µs from the run's start
 */
export function answeredWithin(us: number, intended: ArrayLike<number>, { fromUs, toUs }: Freeze): number {
  const usual = servedWithin(us);
  let sum = 0;
  for (let at = 0; at < intended.length; at++) {
    const due = intended[at]!;
    const rest = toUs - due;
    if (due >= toUs) sum += usual;
    else if (due >= fromUs) sum += servedWithin(us - rest);
    else sum += us < rest ? Math.min(usual, servedWithin(fromUs - due)) : usual;
  }
  return sum / intended.length;
}

/** The quantile `p` of those response times, µs, to the nearest µs. */
export function responseTimeUs(p: number, intended: ArrayLike<number>, freeze: Freeze): number {
  let [low, high] = [0, serviceTimeUs(1 - 1e-9) + freeze.toUs - freeze.fromUs];
  while (high - low > 1) {
    const middle = (low + high) / 2;
    if (answeredWithin(middle, intended, freeze) < p) low = middle;
    else high = middle;
  }
  return high;
}
