/** The key, its end, and what points to them: measured of keys of some 80 characters in Redis 7. */
const BESIDE = 200;

/**
 * What a text takes of Redis's memory with its key, bytes: its allocator, jemalloc, has four sizes from each power of two to
 * the next, and a text has a few bytes before and behind it.
 * @param received for it, what the protocol adds included
 */
export function redisBytes(received: number): number {
  const text = Math.max(0, received - String(received).length - "$\r\n\r\n".length);
  const held = text + (text < 250 ? 4 : text < 65_000 ? 6 : 10);
  if (held <= 128) return Math.ceil(held / 16) * 16 + BESIDE;
  const step = 2 ** (Math.floor(Math.log2(held - 1)) - 2);
  return Math.ceil(held / step) * step + BESIDE;
}
