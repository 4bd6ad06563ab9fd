(() => {
  "use strict";
  const form = document.getElementById("search");
  if (!form) return;
  const input = document.getElementById("words");
  const found = document.getElementById("found");
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const courses = [...document.querySelectorAll(".course")].map((section) => {
    const name = plain(section.querySelector("h2").textContent);
    const lines = [...section.querySelectorAll(".lessons li")];
    return { section, lines: lines.map((line) => ({ line, text: name + " " + plain(line.textContent) })) };
  });
  const search = () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { section, lines } of courses) {
      let here = 0;
      for (const { line, text } of lines) {
        line.hidden = !words.every((word) => text.includes(word));
        here += line.hidden ? 0 : 1;
      }
      section.hidden = here === 0;
      shown += here;
    }
    found.textContent = found.dataset.words.replace("{shown}", shown).replace("{all}", found.dataset.all);
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("input", search);
  search();
})();
