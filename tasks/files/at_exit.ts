import process from "node:process";

const open = new Set<() => void>();

/**
 * Has something done when the process ends before its owner could do it, as when the user leaves at once.
 * @param clean what is to be done, at once and without an event loop; what it throws is nobody's any more
 * @returns to be called by the owner who has done it
 */
export function atExit(clean: () => void): () => void {
  if (open.size === 0) process.on("exit", cleanAll);
  open.add(clean);
  return () => {
    open.delete(clean);
    if (open.size === 0) process.off("exit", cleanAll);
  };
}

function cleanAll(): void {
  for (const clean of open) {
    try {
      clean();
    } catch {
      // Nobody is there to hear of it, and the others still want their turn.
    }
  }
}
