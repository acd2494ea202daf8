/** What a user's code threw, which may be anything, in words; asking that for them may throw again. */
export function messageOf(error: unknown): string {
  try {
    const { message } = error as { message?: unknown };
    return typeof message === "string" ? message : String(error);
  } catch {
    return error === null || error === undefined
      ? `it throws ${error}`
      : "it throws what says nothing of itself";
  }
}
