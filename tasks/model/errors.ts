/** Process exit codes of every task; the first that applies wins. */
export const ExitCode = {
  ok: 0,
  verdictFailed: 1,
  usage: 2,
  service: 3,
  invalid: 4,
  interrupted: 130,
} as const;
/** What each code says, for people; where several apply, the first of them. */
export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [ExitCode.interrupted, "interrupted: Ctrl-C, SIGTERM, or the terminal was closed"],
  [ExitCode.usage, "usage or bad input: nothing was measured"],
  [
    ExitCode.service,
    "a service or resource failed, a path of --paths or an arm of --arm was not available, or something was left behind",
  ],
  [
    ExitCode.invalid,
    "INVALID, an INCONCLUSIVE migration, runs that are not comparable, or paths that return different results",
  ],
  [
    ExitCode.verdictFailed,
    "a target was missed, a compared run regressed, a migration was not ZERO-DOWNTIME, or lint found what is blocking; of several runs one is enough",
  ],
  [ExitCode.ok, "otherwise"],
];
/** One of the codes in `ExitCode`. */
export type ExitCode = typeof ExitCode[keyof typeof ExitCode];

/** Of several the one that applies first. */
export function firstThatApplies(codes: readonly ExitCode[]): ExitCode {
  const [code] = EXIT_CODES.find(([code]) => (codes as readonly number[]).includes(code)) ?? [ExitCode.ok];
  return code as ExitCode;
}

/**
 * An error whose message is written for the user: action, wanted state, colon, current state.
 * `next` is the thing to do about it. Entry points print both and no stack trace.
 */
export class BenchbookError extends Error {
  /** What `String(error)` begins with. */
  override name = "BenchbookError";
  /**
   * The two sentences that an entry point prints, and the code that it ends with.
   * @param message for the user: what could not be done, and what stands against it
   * @param exitCode with which the task ends
   * @param next what to do about it, as a sentence
   * @param options the `cause`, where another error was behind it
   */
  constructor(
    message: string,
    readonly exitCode: ExitCode,
    readonly next?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Usage or bad input: exit code 2. */
export class UsageError extends BenchbookError {
  /** What `String(error)` begins with. */
  override name = "UsageError";
  /**
   * A fault of what the user gave.
   * @param message for the user: what cannot be used, and what it is
   * @param next what to write or call instead
   * @param options the `cause`, where another error was behind it
   */
  constructor(message: string, next?: string, options?: ErrorOptions) {
    super(message, ExitCode.usage, next, options);
  }
}

/** A service or resource failed: exit code 3. */
export class ServiceError extends BenchbookError {
  /** What `String(error)` begins with. */
  override name = "ServiceError";
  /**
   * A fault of what Benchbook depends on.
   * @param message for the user: what failed, and what was seen of it
   * @param next what to look at or start
   * @param options the `cause`, where another error was behind it
   */
  constructor(message: string, next?: string, options?: ErrorOptions) {
    super(message, ExitCode.service, next, options);
  }
}

/** The user pressed Ctrl-C (or the process got SIGTERM): exit code 130. */
export class InterruptedError extends BenchbookError {
  /** What `String(error)` begins with. */
  override name = "InterruptedError";
  /** An interruption has no `next`: the user wanted it. */
  constructor(message = "Interrupted") {
    super(message, ExitCode.interrupted);
  }
}
