/** Process exit codes of every task; the first that applies wins. */
export const ExitCode = {
  ok: 0,
  verdictFailed: 1,
  usage: 2,
  service: 3,
  invalid: 4,
  interrupted: 130,
} as const;
export type ExitCode = typeof ExitCode[keyof typeof ExitCode];

/**
 * An error whose message is written for the user: action, wanted state, colon, current state.
 * `next` is the thing to do about it. Entry points print both and no stack trace.
 */
export class BenchbookError extends Error {
  override name = "BenchbookError";
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
  override name = "UsageError";
  constructor(message: string, next?: string, options?: ErrorOptions) {
    super(message, ExitCode.usage, next, options);
  }
}

/** A service or resource failed: exit code 3. */
export class ServiceError extends BenchbookError {
  override name = "ServiceError";
  constructor(message: string, next?: string, options?: ErrorOptions) {
    super(message, ExitCode.service, next, options);
  }
}

/** The user pressed Ctrl-C (or the process got SIGTERM): exit code 130. */
export class InterruptedError extends BenchbookError {
  override name = "InterruptedError";
  constructor(message = "Interrupted") {
    super(message, ExitCode.interrupted);
  }
}
