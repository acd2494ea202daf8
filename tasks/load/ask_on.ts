/**
 * Keeps so many requests under way, each followed by the next as soon as it has ended.
 * @param enough asked before each request; true ends it
 * @param ask sends one and calls back at its end, also at once
 * @returns resolves when none is under way any more
 */
export function askOn(
  clients: number,
  enough: () => boolean,
  ask: (onEnd: () => void) => void,
): Promise<void> {
  return new Promise((resolve) => {
    let free = clients;
    let asking = false;
    const answered = () => {
      free++;
      // One that ends at once is followed by the loop below, not by a call within a call.
      if (!asking) go();
    };
    const go = () => {
      asking = true;
      let over = enough();
      for (; free > 0 && !over; over = enough()) {
        free--;
        ask(answered);
      }
      asking = false;
      if (over && free === clients) resolve();
    };
    go();
  });
}
