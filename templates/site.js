// Searches the list of runs. Without it the page is the same table.
{
  const find = document.querySelector(".find");
  const [text, verdict, scenario] = find.querySelectorAll("input, select");
  const rows = [...document.querySelectorAll(".runs tbody tr")].map((row) => ({
    row,
    text: row.textContent.toLowerCase(),
    verdict: row.cells[1].querySelector("span").textContent.replace(/^\W+ /, ""),
    scenario: row.cells[2].querySelector("span").textContent,
  }));
  const offer = (select, values) =>
    select.append(...[...new Set(values)].sort().map((value) => new Option(value)));
  // What a search found is a sentence of its own.
  offer(verdict, rows.map((row) => row.verdict).filter((word) => !/\d/.test(word)));
  offer(scenario, rows.map((row) => row.scenario));
  const show = () => {
    const words = text.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const each of rows) {
      const fits = words.every((word) => each.text.includes(word)) &&
        [[verdict, each.verdict], [scenario, each.scenario]].every(([select, value]) =>
          select.selectedIndex === 0 || select.value === value
        );
      each.row.hidden = !fits;
      if (fits) shown++;
    }
    find.querySelector("output").textContent = shown === rows.length ? "" : `${shown} of ${rows.length}`;
  };
  find.addEventListener("input", show);
  find.addEventListener("submit", (event) => event.preventDefault());
  find.hidden = false;
  // A browser that goes back fills in what was looked for.
  show();
}
