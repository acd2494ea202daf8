/**
 * A hash of 53 bits, which a double holds exactly: two of 32 bits, mixed (cyrb53, of which the halves are MurmurHash2's
 * mixing). The same for the same key in every thread, process and run; among a million keys the odds are 1 : 18,000 that any
 * two share one.
 */
export function keyHash(text: string): number {
  let low = 0xdeadbeef | 0;
  let high = 0x41c6ce57 | 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 2654435761);
    high = Math.imul(high ^ code, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return (high & 0x1fffff) * 2 ** 32 + (low >>> 0);
}
