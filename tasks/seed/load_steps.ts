/**
 * How a step uses a table. The names and what stands against what are PostgreSQL's: two steps that would wait
 * for each other's table locks run one after the other instead, and no connection sits waiting.
 */
export type TableLockMode =
  /** COPY into it: several at once, but nothing that builds on its rows. */
  | "row exclusive"
  /** VALIDATE CONSTRAINT, VACUUM: one at a time. */
  | "share update exclusive"
  /** CREATE INDEX: several at once. */
  | "share"
  /** ADD FOREIGN KEY, of both its tables. */
  | "share row exclusive"
  /** ADD PRIMARY KEY and other changes of the table itself. */
  | "access exclusive";

export interface TableLock {
  readonly table: string;
  readonly mode: TableLockMode;
}

/** A piece of work that one connection does alone. */
export interface LoadStep<Loader> {
  readonly locks: readonly TableLock[];
  /** Of several steps that could begin the heaviest does: the longest way should not be walked last. */
  readonly weight: number;
  run(loader: Loader): Promise<void>;
}

const COMPATIBLE: Readonly<Record<TableLockMode, readonly TableLockMode[]>> = {
  "row exclusive": ["row exclusive"],
  "share update exclusive": [],
  "share": ["share"],
  "share row exclusive": [],
  "access exclusive": [],
};

/**
 * Runs all steps on a number of loaders. Steps whose locks stand against each other run in the
 * order of the list; others in any order, as loaders become free.
 * @param stop called at the first failure, to end what other loaders are at
 * @throws what the first failing step threw, after all loaders have come to rest
 */
export async function runLoadSteps<Loader>(
  steps: readonly LoadStep<Loader>[],
  loaders: readonly Loader[],
  stop: () => void = () => {},
): Promise<void> {
  const open = new Set(steps);
  const running = new Set<LoadStep<Loader>>();
  const idle = [...loaders];
  let failure: { readonly error: unknown } | null = null;
  const { promise: settled, resolve: settle } = Promise.withResolvers<void>();

  const begin = () => {
    while (idle.length > 0 && failure === null) {
      const step = heaviest(ready(open));
      if (step === undefined) break;
      const loader = idle.pop()!;
      running.add(step);
      // Not by `open` alone: a running step still stands in the way of later ones.
      step.run(loader).catch((error) => {
        if (failure !== null) return;
        failure = { error };
        stop();
      }).then(() => {
        running.delete(step);
        open.delete(step);
        idle.push(loader);
        begin();
      });
    }
    if (running.size === 0) settle();
  };
  const ready = (steps: ReadonlySet<LoadStep<Loader>>) => {
    const earlier: LoadStep<Loader>[] = [];
    const able: LoadStep<Loader>[] = [];
    for (const step of steps) {
      if (!running.has(step) && !earlier.some((other) => conflict(step, other))) able.push(step);
      earlier.push(step);
    }
    return able;
  };
  begin();
  await settled;
  if (failure !== null) throw (failure as { readonly error: unknown }).error;
}

function heaviest<Loader>(steps: readonly LoadStep<Loader>[]): LoadStep<Loader> | undefined {
  return steps.reduce<LoadStep<Loader> | undefined>(
    (best, step) => best === undefined || step.weight > best.weight ? step : best,
    undefined,
  );
}

function conflict<Loader>(step: LoadStep<Loader>, other: LoadStep<Loader>): boolean {
  return step.locks.some(({ table, mode }) =>
    other.locks.some((held) => held.table === table && !COMPATIBLE[mode].includes(held.mode))
  );
}
