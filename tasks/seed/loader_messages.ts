import { BenchbookError, InterruptedError, ServiceError, UsageError } from "../model/errors.ts";
import type { CopyJob, LoaderSpec } from "./loader.ts";

export type ToLoader =
  | { readonly kind: "open"; readonly spec: LoaderSpec }
  | { readonly kind: "copy"; readonly job: CopyJob }
  | { readonly kind: "run"; readonly sql: string }
  | { readonly kind: "abort" }
  | { readonly kind: "close" };

export type FromLoader =
  | { readonly kind: "rows"; readonly rows: number }
  | { readonly kind: "answer"; readonly value: unknown }
  | { readonly kind: "failed"; readonly error: PlainError };

/** An error as a message carries it: classes do not survive the way. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly next?: string;
  readonly stack?: string;
}

export function plain(error: unknown): PlainError {
  const { name, message, stack } = error as Error;
  return { name, message, stack, next: error instanceof BenchbookError ? error.next : undefined };
}

export function revive({ name, message, next, stack }: PlainError): Error {
  switch (name) {
    case "UsageError":
      return new UsageError(message, next);
    case "ServiceError":
      return new ServiceError(message, next);
    case "InterruptedError":
      return new InterruptedError(message);
    default:
      return Object.assign(new Error(message), { name, stack });
  }
}
