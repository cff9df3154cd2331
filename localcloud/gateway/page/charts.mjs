/** Draws the figures of a Hyperdrive configuration as HTML and SVG. */

const WIDTH = 900;
const HEIGHT = 140;
const LEFT = 34;
/** Intervals of 5 seconds in 15 minutes. */
const INTERVALS = 180;
const INTERVAL_MILLISECONDS = 5_000;
const MOST_QUERIES = 25;
const STATUSES = ["hit", "miss", "disabled", "uncacheable", "volatile", "transaction", "multiplestatements", "notaquery", "parseerror", "oversizedquery", "oversizedresult"];
const LINES = [
  { name: "in use", css: "c0", valueOf: ({ peaks }) => peaks.inUse },
  { name: "waiting", css: "c1", valueOf: ({ peaks }) => peaks.waiting },
  { name: "open", css: "c2", valueOf: ({ peaks }) => peaks.open },
  { name: "limit", css: "c3 dashed", valueOf: ({ limit }) => limit },
];

/** Returns the section of a configuration. `now` is in milliseconds, and the last interval contains it. */
export function section({ label, intervals, queries }, now) {
  const slots = slotsOf(intervals, now);
  return `<section><h2>${escape(label)}</h2>${connections(slots)}${statuses(slots)}${table(queries)}</section>`;
}

function slotsOf(intervals, now) {
  const last = Math.floor(now / INTERVAL_MILLISECONDS);
  const slots = Array.from({ length: INTERVALS }, () => undefined);
  for (const interval of intervals) {
    const index = INTERVALS - 1 - (last - Math.floor(Date.parse(interval.at) / INTERVAL_MILLISECONDS));
    if (index >= 0 && index < INTERVALS) slots[index] = interval;
  }
  return slots;
}

function connections(slots) {
  const pools = slots.map((slot) => slot?.pool ?? undefined);
  const most = Math.max(1, ...LINES.flatMap(({ valueOf }) => pools.filter(Boolean).map(valueOf)));
  const lines = LINES.map(({ name, css, valueOf }) => {
    const path = pools.map((pool, index) => (pool ? `${pools[index - 1] ? "L" : "M"}${x(index)} ${y(valueOf(pool), most)}h${step()}` : "")).join("");
    return `<path class="line ${css}" data-name="${name}" d="${path}"/>`;
  });
  const now = pools.at(-1) ?? pools.at(-2);
  const legend = LINES.map(({ name, css, valueOf }) => key(css, name, now ? valueOf(now) : "–"));
  return figure("Connections to the database: the largest number in each 5 seconds", lines, most, legend);
}

function statuses(slots) {
  const counts = slots.map((slot) => STATUSES.map((status) => countOf(slot, status)));
  const most = Math.max(1, ...counts.map((each) => sum(each)));
  const bars = counts.flatMap((each, index) =>
    each.map((count, status) => {
      if (count === 0) return "";
      const below = sum(each.slice(0, status));
      const top = y(below + count, most);
      const height = round(y(below, most) - top);
      return `<rect class="bar c${status}" data-name="${STATUSES[status]}" x="${x(index)}" y="${top}" width="${step()}" height="${height}"/>`;
    }),
  );
  const totals = STATUSES.map((_, status) => sum(counts.map((each) => each[status])));
  const legend = STATUSES.map((name, status) => (totals[status] > 0 ? key(`c${status}`, name, totals[status]) : ""));
  return figure("Queries by cacheStatus in each 5 seconds, and their numbers in the last 15 minutes", bars, most, legend);
}

function figure(title, shapes, most, legend) {
  const axis = `<path class="axis" d="M${LEFT} 0V${HEIGHT}H${WIDTH}"/>`;
  const numbers = `<text x="0" y="10">${most}</text><text x="0" y="${HEIGHT}">0</text>`;
  const times = `<text x="${LEFT}" y="${HEIGHT + 14}">15 minutes ago</text><text x="${WIDTH - 24}" y="${HEIGHT + 14}">now</text>`;
  const svg = `<svg viewBox="0 0 ${WIDTH} ${HEIGHT + 18}" role="img" aria-label="${title}">${axis}${numbers}${times}${shapes.join("")}</svg>`;
  return `<figure><figcaption>${title}</figcaption>${svg}<div>${legend.join("")}</div></figure>`;
}

function table(queries) {
  const rows = queries.slice(-MOST_QUERIES).reverse().map((each) => {
    const error = each.eventStatus === "error" ? [each.code, each.problem, each.fix].filter(Boolean).join(" ") : "";
    const cells = [each.at.slice(11, 23), each.cacheStatus ?? "–", each.ms, each.rows, each.resultBytes];
    return `<tr>${cells.map((cell) => `<td>${escape(cell)}</td>`).join("")}<td class="error">${escape(error)}</td></tr>`;
  });
  const headers = ["time (UTC)", "cacheStatus", "ms", "rows", "bytes", "error"];
  return `<table><thead><tr>${headers.map((each) => `<th>${each}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function key(css, name, value) {
  return `<span class="key ${css}"></span>${name}: ${value}`;
}

function countOf(slot, status) {
  return sum((slot?.queries ?? []).filter(({ cacheStatus }) => cacheStatus === status).map(({ count }) => count));
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

function step() {
  return round((WIDTH - LEFT) / INTERVALS);
}

function x(index) {
  return round(LEFT + (index * (WIDTH - LEFT)) / INTERVALS);
}

function y(value, most) {
  return round(HEIGHT - (HEIGHT * value) / most);
}

function round(number) {
  return Math.round(100 * number) / 100;
}

function escape(value) {
  const names = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "#39" };
  return String(value).replace(/[&<>"']/g, (character) => `&${names[character]};`);
}
