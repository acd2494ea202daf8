const [WIDTH, HEIGHT, MARGIN] = [120, 28, 4];

/**
 * A line without axes, as high as a line of text; the last value is dotted, and the foot is zero. Empty below two values.
 * A list has a thousand of them, so it is written by hand, with whole coordinates in halves of a pixel.
 */
export function sparkline(values: readonly number[]): string {
  if (values.length < 2) return "";
  const top = Math.max(...values) * 1.05 || 1;
  const x = (index: number) => Math.round(2 * (MARGIN + index * (WIDTH - 2 * MARGIN) / (values.length - 1)));
  const y = (value: number) => Math.round(2 * (HEIGHT - MARGIN - value / top * (HEIGHT - 2 * MARGIN)));
  const last = values.length - 1;
  return `<svg class="spark" viewBox="0 0 ${2 * WIDTH} ${2 * HEIGHT}" aria-hidden="true"><path d="M${
    values.map((value, index) => `${x(index)} ${y(value)}`).join(" ")
  }"/><circle cx="${x(last)}" cy="${y(values[last]!)}" r="5"/></svg>`;
}
