/** What hears of an error that nobody has caught. */
type Hear = (error: unknown) => void;

const listeners: Hear[] = [];

/**
 * Hears of errors that nobody catches in this thread: those of timers and of promises that nobody awaits. They would
 * end the process on the spot, with all that it has to put in order. The one who came last hears of them.
 * @returns ends that
 */
export function onStrayError(hear: Hear): () => void {
  if (listeners.length === 0) {
    globalThis.addEventListener("error", onError);
    globalThis.addEventListener("unhandledrejection", onRejection);
  }
  listeners.push(hear);
  return () => {
    const at = listeners.lastIndexOf(hear);
    if (at >= 0) listeners.splice(at, 1);
    if (listeners.length > 0) return;
    globalThis.removeEventListener("error", onError);
    globalThis.removeEventListener("unhandledrejection", onRejection);
  };
}

function onError(event: ErrorEvent): void {
  event.preventDefault();
  // A thread that ended says so in words only.
  listeners.at(-1)?.(event.error ?? new Error(event.message));
}

function onRejection(event: PromiseRejectionEvent): void {
  event.preventDefault();
  listeners.at(-1)?.(event.reason);
}
