/**
 * Keeps so many requests in flight, each followed by the next as soon as it has ended.
 * @param enough called before each request; true ends it
 * @param send sends one and calls back at its end, also at once
 * @returns resolves when none is in flight any more
 */
export function keepInFlight(
  clients: number,
  enough: () => boolean,
  send: (onEnd: () => void) => void,
): Promise<void> {
  return new Promise((resolve) => {
    let free = clients;
    let sending = false;
    const completed = () => {
      free++;
      // One that ends at once is followed by the loop below, not by a call within a call.
      if (!sending) go();
    };
    const go = () => {
      sending = true;
      let over = enough();
      for (; free > 0 && !over; over = enough()) {
        free--;
        send(completed);
      }
      sending = false;
      if (over && free === clients) resolve();
    };
    go();
  });
}
