"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const page = document.getElementById("page");
  const engines = Object.keys(data.engines);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colour = (engine) => css("--e" + Math.min(engines.indexOf(engine), 2));
  const about = {
    load: "insert every record", a: "half reads, half updates", b: "reads, 5 % updates", c: "reads only",
    d: "reads of the latest, 5 % inserts", e: "short scans, 5 % inserts", f: "half reads, half read-modify-writes",
    fillseq: "writes in key order", fillrandom: "writes in random order", overwrite: "random writes over old ones",
    fillbatch: "batches of 1,000 in order", fillsync: "each write durable", readrandom: "random reads",
    readmissing: "reads of absent keys", readseq: "one scan, entries", seekrandom: "seek, then 11 entries",
    deleterandom: "random deletes",
  };

  const el = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "style") Object.assign(node.style, value); else node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  };
  const count = (n) => n >= 1e6 ? (n / 1e6).toFixed(2) + " M" : n >= 1e4 ? (n / 1e3).toFixed(0) + " k"
    : n >= 1e3 ? (n / 1e3).toFixed(1) + " k" : n.toFixed(0);
  const micros = (n) => n >= 1e6 ? (n / 1e6).toFixed(2) + " s" : n >= 1e3 ? (n / 1e3).toFixed(n >= 1e4 ? 0 : 1) + " ms"
    : n >= 1 || n === 0 ? n.toFixed(n >= 100 ? 0 : 1) + " µs" : (n * 1000).toFixed(0) + " ns";
  const bytes = (n) => n >= 2 ** 30 ? (n / 2 ** 30).toFixed(2) + " GiB" : n >= 2 ** 20 ? (n / 2 ** 20).toFixed(0) + " MiB"
    : (n / 1024).toFixed(0) + " KiB";
  const times = (n) => n >= 10 ? n.toFixed(0) : n >= 3 ? n.toFixed(1) : n.toFixed(2);
  const section = (title, lead) => page.append(el("h2", {}, title), el("p", { class: "lead" }, lead));
  const key = (engine) => el("i", { class: "key", style: { background: colour(engine) } });

  const hero = () => {
    const box = el("div", { class: "hero" }, el("div", {},
      el("h1", {}, engines.length > 1 ? `${data.title}: ${engines.join(" beside ")}` : `${data.title}: ${engines[0]}`),
      el("p", { class: "soft" }, data.when)));
    const ratios = data.rows.map((row) => row.ratio.median).filter((ratio) => ratio > 0);
    if (ratios.length) {
      const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
      box.append(el("div", {}, el("div", { class: "big" }, times(mean), el("small", {}, " ×")),
        el("div", { class: "cap" }, `${engines[0]} / ${engines[1]}, geometric mean of ${ratios.length} ratios`)));
    }
    page.append(box, el("div", { class: "legend" },
      ...engines.map((engine) => el("span", {}, key(engine), engine))));
  };

  const throughput = () => {
    section("Throughput", engines.length > 1
      ? `Operations a second; longer is better. On the right: how many times as fast ${engines[0]} is as ${engines[1]}.`
      : "Operations a second; longer is better.");
    const bars = el("div", { class: "card bars" });
    for (const row of data.rows) {
      const most = Math.max(...engines.map((engine) => row.cells[engine].result.opsPerSecond));
      bars.append(el("div", { class: "name" }, row.benchmark, el("span", {}, about[row.benchmark] ?? "")),
        el("div", {}, ...engines.map((engine) => {
          const rate = row.cells[engine].result.opsPerSecond;
          return el("div", { class: "bar" },
            el("b", { style: { width: `${(72 * rate / most).toFixed(2)}%`, background: colour(engine) } }),
            el("span", {}, count(rate)));
        })));
      const ratio = row.ratio.median;
      const spread = row.ratio.least < row.ratio.most ? `${times(row.ratio.least)} to ${times(row.ratio.most)}` : "";
      bars.append(ratio > 0
        ? el("div", { class: "ratio " + (ratio >= 1 ? "win" : "lose") }, times(ratio) + " ×", el("span", {}, spread))
        : el("div"));
    }
    page.append(bars);
  };

  const axis = (values, size = 52) => ({
    stroke: css("--soft"), grid: { stroke: css("--line"), width: 1 }, ticks: { show: false },
    font: "11px Inter, system-ui, sans-serif", size, values,
  });
  const charts = (draw) => {
    const grid = el("div", { class: "grid" });
    page.append(grid);
    for (const row of data.rows) {
      const box = el("div", { class: "card" }, el("h3", {}, row.benchmark));
      grid.append(box);
      draw(row, box, box.clientWidth - 34);
    }
  };
  const series = () => engines.map((engine) =>
    ({ label: engine, stroke: colour(engine), width: 2, points: { show: false }, spanGaps: true }));

  const overTime = () => {
    section("Throughput over time", "Thousands of operations a second as the run went on, in seconds; a dip is a stall.");
    charts((row, box, width) => {
      const step = data.sampleMillis / 1000;
      const lengths = engines.map((engine) => row.cells[engine].samples.length);
      const stride = Math.max(1, Math.floor(Math.max(...lengths) / 90));
      const longest = Math.floor((Math.max(...lengths) - 1) / stride);
      const x = Array.from({ length: longest }, (_, i) => (i + 0.5) * stride * step);
      const ys = engines.map((engine) => {
        const samples = row.cells[engine].samples;
        return x.map((_, i) => (i + 1) * stride < samples.length
          ? (samples[(i + 1) * stride] - samples[i * stride]) / (stride * step) / 1000 : null);
      });
      if (longest < 2) {
        box.append(el("p", { class: "soft" }, "over too soon to show"));
        return;
      }
      new uPlot({
        width, height: 170, cursor: { drag: { x: false, y: false } }, legend: { show: false },
        scales: { x: { time: false }, y: { range: (_, _low, high) => [0, Math.max(high, 1) * 1.08] } },
        axes: [axis(undefined, 30), axis((_, ticks) => ticks.map((v) => v.toLocaleString("en")), 52)],
        series: [{}, ...series()],
      }, [x, ...ys], box);
    });
  };

  const latency = () => {
    section("Latency", "How long the slowest operations took, by percentile. Both scales are logarithmic; lower is better.");
    charts((row, box, width) => {
      const tail = (percentile) => percentile >= 100 ? 6.2 : -Math.log10(1 - percentile / 100);
      const from = row.cells[engines[0]].percentiles.map((pair) => tail(pair[0]));
      const label = { 1: "90 %", 2: "99", 3: "99.9", 4: "99.99" };
      const decades = (_u, _axis, low, high) => {
        const splits = [];
        for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++) splits.push(10 ** e);
        return splits;
      };
      new uPlot({
        width, height: 190, cursor: { drag: { x: false, y: false } }, legend: { show: false },
        scales: { x: { time: false, range: [0, 6.2] }, y: { distr: 3, log: 10 } },
        axes: [
          { ...axis((_, ticks) => ticks.map((v) => label[v] ?? ""), 30), splits: () => [1, 2, 3, 4] },
          { ...axis((_, ticks) => ticks.map((v) => v == null ? "" : micros(v).replace(".0", "").replace(".00", "")), 58),
            splits: decades, filter: (_u, splits) => splits },
        ],
        series: [{}, ...series()],
      }, [from, ...engines.map((engine) =>
        row.cells[engine].percentiles.map((pair) => Math.max(pair[1], 0.05)))], box);
    });
  };

  const figures = () => {
    section("Figures", "Device bytes and space include background work that went on after the clock stopped (settled).");
    const head = ["", "engine", "operations", "seconds", "ops/s", "p50", "p99", "p99.9", "max", "written", "to device",
      "ampl.", "space", "memory", "resets", "finishes", "copied", "settled"];
    const table = el("table", {}, el("tr", {}, ...head.map((text) => el("th", {}, text))));
    for (const row of data.rows) {
      engines.forEach((engine, i) => {
        const cell = row.cells[engine];
        const r = cell.result;
        const texts = [i ? "" : row.benchmark, engine, count(r.operations), r.seconds.toFixed(2), count(r.opsPerSecond),
          micros(r.p50Micros), micros(r.p99Micros), micros(r.p999Micros), micros(r.maxMicros), bytes(r.userBytesWritten),
          bytes(r.deviceBytesWritten), r.userBytesWritten ? r.writeAmplification.toFixed(2) : "–", bytes(r.spaceBytes),
          bytes(cell.memoryBytes), r.zoneResets, r.zoneFinishes, r.copiedBytes, cell.settleSeconds.toFixed(1) + " s"];
        table.append(el("tr", i ? {} : { class: "first" }, ...texts.map((text) => el("td", {}, String(text)))));
      });
    }
    page.append(el("div", { class: "card scroll" }, table));
  };

  const zoneMaps = () => {
    for (const map of data.zones) {
      section(`Zones of ${map.engine}`, `${map.device} at the end of the run. One box a zone; its filling is data, padding left out.`);
      const uses = ["META", "LOG", "SHARED", "TABLE", "DEAD", "UNKNOWN"];
      const names = { META: "metadata", LOG: "log", SHARED: "small tables", TABLE: "one table", DEAD: "waiting for reset", UNKNOWN: "unknown" };
      const tally = (use) => map.zones.filter((zone) => zone[1] === use).length;
      const sealed = map.zones.filter((zone) => zone[0] === "FULL" && zone[1] === "TABLE");
      const fill = sealed.reduce((sum, zone) => sum + zone[2], 0) / Math.max(1, sealed.length);
      let last = map.zones.length;
      while (last > 0 && map.zones[last - 1][0] === "EMPTY") last--;
      const shown = Math.min(map.zones.length, Math.max(64, Math.ceil((last + 8) / 64) * 64));
      page.append(el("div", { class: "card" },
        el("div", { class: "legend", style: { margin: "0" } },
          ...uses.filter(tally).map((use) => el("span", {},
            el("i", { style: { background: `var(--z-${use.toLowerCase()})` } }), `${names[use]} ${tally(use)}`)),
          el("span", {}, el("i", { style: { background: "var(--z-empty)" } }), `empty ${tally("FREE")}`)),
        el("div", { class: "zonemap" }, ...map.zones.slice(0, shown).map((zone, i) => el("i",
          { title: `zone ${i}: ${zone[0].toLowerCase()}, ${zone[1].toLowerCase()}, ${(100 * zone[2]).toFixed(0)} % data, reset ${zone[3]} times, ${zone[4]} tables` },
          el("b", { style: { height: `${zone[1] === "FREE" ? 0 : Math.max(8, 100 * zone[2])}%`, background: `var(--z-${zone[1].toLowerCase()})` } })))),
        el("p", { class: "soft", style: { fontSize: "13px", marginTop: "10px" } },
          (shown < map.zones.length ? `${map.zones.length - shown} more empty zones are not drawn. ` : "")
          + (sealed.length ? `${sealed.length} full zones with a table of their own, sealed with ${(100 * fill).toFixed(1)} % data on average.` : ""))));
    }
  };

  const facts = () => {
    section("Terms", "What was asked for, how each engine was set up, what it ran on, and how to read the figures.");
    const list = (title, map) => el("div", { class: "card" }, el("h3", {}, title),
      el("dl", {}, ...Object.entries(map).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])));
    page.append(el("div", { class: "facts" },
      list("Settings", data.settings), list("Machine", data.machine), list("Engines", data.engines),
      el("div", { class: "card" }, el("h3", {}, "How to read it"),
        el("ul", {}, ...data.notes.map((note) => el("li", {}, note))))));
  };

  const draw = () => {
    page.replaceChildren();
    hero(); throughput(); overTime(); latency(); figures(); zoneMaps(); facts();
    page.append(el("footer", {}, "Written by ZapKV. This page loads nothing from anywhere."));
  };
  draw();
  // Charts are painted in colours of the moment, so a change of light is a new drawing.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  let timer = 0;
  addEventListener("resize", () => { clearTimeout(timer); timer = setTimeout(draw, 150); });
})();
