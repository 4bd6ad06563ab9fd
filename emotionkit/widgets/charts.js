// Histogram and timeline of a selection, drawn from numbers; a click or an arrow key goes to a moment.
const SVG = "http://www.w3.org/2000/svg";
const GLYPHS = { "^": "▲", X: "✖", v: "▼", o: "●", s: "■", D: "◆", P: "✚" };

function draw(parent, name, attributes, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  parent.appendChild(node);
  return node;
}

const percent = (share) => (share === null ? "–" : share > 0 && share < 0.005 ? "<1%" : `${Math.round(100 * share)}%`);
const clock = (seconds) => {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

function histogram(svg, rows, height) {
  const most = Math.max(0.1, ...rows.flatMap((row) => [row.mean ?? 0, row.high ?? 0]));
  const step = height / Math.max(rows.length, 1);
  const x = (share) => 110 + (190 * share) / most;
  rows.forEach((row, index) => {
    const y = step * (index + 0.5);
    draw(svg, "text", { x: 88, y: y + 4, "text-anchor": "end", class: "words" }, row.word);
    draw(svg, "text", { x: 99, y: y + 4, "text-anchor": "middle", fill: row.color }, GLYPHS[row.mark]);
    if (row.mean === null) return draw(svg, "text", { x: 112, y: y + 4, class: "words" }, "–");
    draw(svg, "rect", { x: 110, y: y - step / 3, width: x(row.mean) - 110, height: (2 * step) / 3, fill: row.color });
    if (row.low !== null) draw(svg, "path", { d: `M${x(row.low)} ${y}H${x(row.high)}`, class: "ends" });
    draw(svg, "text", { x: x(Math.max(row.mean, row.high ?? 0)) + 5, y: y + 4, class: "words" }, percent(row.mean));
  });
}

// The places of values that follow one another without a gap, run by run.
function runs(values) {
  const found = [];
  values.forEach((value, index) => {
    if (value === null) return;
    if (index === 0 || values[index - 1] === null) found.push([]);
    found.at(-1).push(index);
  });
  return found;
}

function strip(svg, row, times, box, top, x, words) {
  const y = (share) => box.y + box.height - (box.height * share) / top;
  for (const bins of runs(row.means)) {
    const known = bins.filter((index) => row.lows[index] !== null);
    const up = known.map((index) => `${x(times[index])} ${y(row.highs[index])}`);
    const down = known.map((index) => `${x(times[index])} ${y(row.lows[index])}`).reverse();
    const band = { fill: row.color, stroke: row.color, "stroke-width": bins.length > 1 ? 0 : 3, opacity: 0.25 };
    if (known.length) draw(svg, "path", { d: `M${[...up, ...down].join("L")}Z`, ...band });
    const line = bins.map((index) => `${x(times[index])} ${y(row.means[index])}`).join("L");
    // A line of no length is drawn as a dot: a bin between two gaps is seen.
    const stroke = { stroke: row.color, "stroke-width": bins.length > 1 ? 1.8 : 5, "stroke-linecap": "round" };
    draw(svg, "path", { d: `M${line}h0`, fill: "none", ...stroke });
  }
  draw(svg, "path", { d: `M${box.x} ${y(0)}h${box.width}`, class: "grid" });
  draw(svg, "text", { x: box.x, y: box.y - 3, class: "words" }, `${GLYPHS[row.mark]} ${row.word} (${words.top.replace("{share}", percent(top))})`);
}

function render({ model, el }) {
  const svg = draw(el, "svg", { class: "emotionkit-charts", role: "slider", tabindex: 0, viewBox: "0 0 960 400" });
  const box = { x: 380, width: 560 };
  const at = () => model.get("at");
  const span = () => model.get("span");
  const x = (time) => box.x + (box.width * (time - span()[0])) / Math.max(span()[1] - span()[0], 1e-9);
  const go = (time) => {
    model.set("at", Math.min(Math.max(time, span()[0]), span()[1]));
    model.save_changes();
  };
  const cursor = () => {
    const old = svg.querySelector(".cursor");
    if (old) old.remove();
    draw(svg, "path", { d: `M${x(at())} 0V384`, class: "cursor" });
    svg.setAttribute("aria-label", model.get("words").moment);
    svg.setAttribute("aria-valuenow", at());
    svg.setAttribute("aria-valuetext", clock(at()));
  };
  const all = () => {
    svg.replaceChildren();
    const rows = model.get("rows");
    histogram(svg, rows, 380);
    const others = rows.filter((row) => row.emotion !== "neutral");
    const highest = (some) => Math.max(0.1, ...some.flatMap((row) => [...row.means, ...row.highs].map((v) => v ?? 0)));
    const step = 384 / Math.max(rows.length, 1);
    rows.forEach((row, index) => {
      const top = row.emotion === "neutral" ? highest([row]) : highest(others);
      strip(svg, row, model.get("times"), { ...box, y: step * index + 18, height: step - 22 }, Math.min(1, top), x, model.get("words"));
    });
    for (let part = 0; part <= 6; part += 1) {
      const time = span()[0] + (part * (span()[1] - span()[0])) / 6;
      draw(svg, "text", { x: x(time), y: 397, "text-anchor": "middle", class: "words" }, clock(time));
    }
    cursor();
  };
  svg.addEventListener("click", (event) => {
    const inside = ((event.clientX - svg.getBoundingClientRect().left) * 960) / svg.getBoundingClientRect().width;
    if (inside >= box.x) go(span()[0] + ((inside - box.x) * (span()[1] - span()[0])) / box.width);
  });
  svg.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (steps) go(at() + (steps * (span()[1] - span()[0])) / 100);
  });
  model.on("change:rows change:times change:span", all);
  model.on("change:at", cursor);
  all();
}

export default { render };
