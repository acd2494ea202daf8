import assert from "node:assert/strict";
import { markdown } from "./markdown.ts";

Deno.test("prose keeps its paragraphs, emphasis, code and links", () => {
  assert.equal(
    markdown("One **strong**\nline with `a*b*c`.\n\nA *soft* [link](https://example.org/a?b=1&c=2)."),
    "<p>One <strong>strong</strong> line with <code>a*b*c</code>.</p>\n" +
      `<p>A <em>soft</em> <a href="https://example.org/a?b=1&amp;c=2">link</a>.</p>`,
  );
});

Deno.test("prose cannot bring markup or scripts into the report", () => {
  const html = markdown(`<img src=x onerror=alert(1)> [x](javascript:alert(1)) [y](https://a"onclick="b)`);
  assert.doesNotMatch(html, /<img|<a href="javascript|onclick="/);
});
