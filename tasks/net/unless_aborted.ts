import { addAbortListener } from "node:events";

/**
 * What some work comes to, unless a signal is aborted before: what cannot be taken back is at least not waited for.
 * @throws what the work throws, or the signal's reason
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  using _listening = signal && addAbortListener(signal, () => aborted.reject(signal.reason));
  return await Promise.race([work, aborted.promise]);
}
