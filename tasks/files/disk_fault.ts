/**
 * What is wrong with the disk that an error tells of, and what helps, as parts of a sentence.
 * @returns null where it tells of something else
 */
export function diskFault(error: unknown): { readonly state: string; readonly next: string } | null {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") return { state: "its disk is full", next: "Free some space" };
  if (code === "EROFS") return { state: "its file system is read-only", next: "Mount it for writing" };
  return null;
}
