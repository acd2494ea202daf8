/** As many as there are bins at the most: arms that share bins have more marks. */
const MOST_NAMED = 1800;

/** Whether marks are so many that a pointer cannot tell them apart, and a page that named each were too large to send. */
export function isCrowded(marks: readonly unknown[]): boolean {
  return marks.length > MOST_NAMED;
}
