import { escapeHtml } from "../charts/html.ts";

/**
 * The Markdown that notebooks' prose is written in, as HTML: paragraphs, **strong**, *emphasis*, `code` and
 * [links](https://…). Anything else stays text. A library would bring raw HTML, headings and images, none of
 * which may enter the report's outline from here.
 */
export function markdown(text: string): string {
  return text.trim().split(/\n\s*\n/).filter((part) => part.trim() !== "")
    .map((part) => `<p>${inline(part.replace(/\s*\n\s*/g, " ").trim())}</p>`)
    .join("\n");
}

function inline(text: string): string {
  // Code first: what stands in it is no markup.
  return text.split(/(`[^`]+`)/).map((part) =>
    part.length > 2 && part.startsWith("`") && part.endsWith("`")
      ? `<code>${escapeHtml(part.slice(1, -1))}</code>`
      : escapeHtml(part)
        .replace(/\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g, `<a href="$2">$1</a>`)
        .replace(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
        .replace(/\*([^*]+)\*/g, "<em>$1</em>")
  ).join("");
}
