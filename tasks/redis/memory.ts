/** The key, its end, and what points to them: measured of keys of some 80 characters in Redis 7. */
const BESIDE = 200;

/**
 * What a text takes of Redis's memory with its key, bytes: its allocator, jemalloc, has four sizes from each power of two to
 * the next.
 */
export function redisBytes(bytes: number): number {
  if (bytes <= 128) return Math.ceil(bytes / 16) * 16 + BESIDE;
  const step = 2 ** (Math.floor(Math.log2(bytes - 1)) - 2);
  return Math.ceil(bytes / step) * step + BESIDE;
}
