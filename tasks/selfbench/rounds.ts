/** One of the contestants: does its work once and returns what came of it. */
export interface Contestant<T> {
  readonly name: string;
  /** @param tell says what it is doing right now */
  readonly run: (round: number, tell: (text: string) => void) => Promise<T>;
}

/** What came of a round, by side. */
export type Round<T> = Readonly<Record<string, T>>;

/** As `inTurn`, as what one step shows. */
export function inTurnShown<T>(
  rounds: number,
  sides: readonly Contestant<T>[],
  progress: (text: string) => void,
): Promise<readonly Round<T>[]> {
  return inTurn(
    rounds,
    sides,
    (round, work) => work((text) => progress(`round ${round + 1} of ${rounds}: ${text}`)),
  );
}

/**
 * Lets every side do its work once a round, in an order that turns round with each round: what drifts on the
 * machine, or is left behind by the one before, falls on all of them. What two sides did in one round is a
 * pair.
 * @param show stands around each round, to say how far it is
 */
export async function inTurn<T>(
  rounds: number,
  sides: readonly Contestant<T>[],
  show: (round: number, work: (tell: (text: string) => void) => Promise<Round<T>>) => Promise<Round<T>>,
): Promise<readonly Round<T>[]> {
  const results: Round<T>[] = [];
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? sides : sides.toReversed();
    results.push(
      await show(round, async (tell) => {
        const result: Record<string, T> = {};
        for (const { name, run } of order) {
          tell(name);
          result[name] = await run(round, (text) => tell(`${name}: ${text}`));
        }
        return result;
      }),
    );
  }
  return results;
}
