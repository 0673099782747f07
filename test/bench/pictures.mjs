/**
 * The pictures of docs/performance.md, from what `npm run bench -- --json FILE` wrote:
 *
 *   node test/bench/pictures.mjs FILE...
 *
 * Each shows what is in the files, and is left as it is where they have nothing for it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { digits } from "./table.mjs";

const IMAGES = resolve(import.meta.dirname, "../../docs/images");
const WIDTH = 720;
const MEBIBYTE = 1024 * 1024;
const PLOT = { left: 64, right: 24, top: 56, bottom: 56 };
/** Distinct without colour too: the second of a pair is dashed. In both themes each is at least 3 to 1 against the ground. */
const STYLE = `
  svg { background: #fff; font: 13px system-ui, sans-serif; }
  text { fill: #222; } .quiet { fill: #555; } .grid { stroke: #ddd; } .one { stroke: #0b62c4; fill: #0b62c4; }
  .two { stroke: #b3470b; fill: #b3470b; } .line { fill: none; stroke-width: 2; } .dashed { stroke-dasharray: 5 4; }
  .bar { stroke: none; } .name { font-weight: 600; stroke: none; }
  @media (prefers-color-scheme: dark) {
    svg { background: #16181c; } text { fill: #e8e8e8; } .quiet { fill: #b0b0b0; } .grid { stroke: #3a3d42; }
    .one { stroke: #6cb0ff; fill: #6cb0ff; } .two { stroke: #ff9d5c; fill: #ff9d5c; } .line { fill: none; } .name { stroke: none; }
  }`;

/** What the docs call them. */
const NAMES = { plain: "plain", authenticated: "signed" };

const report = Object.assign({}, ...process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, "utf8"))));
if (report.latency?.curves !== undefined) picture("latency", drawLatency(report.latency.curves));
if (report.stored?.few !== undefined) picture("stored", drawStored(report.stored));
if (report.devices?.broker !== undefined) picture("devices", drawDevices(report.devices));

function picture(name, { title, description, height, body }) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="t d">
<title id="t">${title}</title>
<desc id="d">${description}</desc>
<style>${STYLE}
</style>
${text(PLOT.left, 24, title, "name")}
${body.join("\n")}
</svg>
`;
  writeFileSync(resolve(IMAGES, `performance-${name}.svg`), svg);
}

function text(x, y, words, kind = "quiet", anchor = "start") {
  return `<text x="${round(x)}" y="${round(y)}" class="${kind}" text-anchor="${anchor}">${words}</text>`;
}

function drawLatency(curves) {
  const height = 400;
  const users = curves[0].points.map((point) => point.users);
  const most = Math.max(...curves.flatMap(({ points }) => points.map(({ p99Ms }) => p99Ms)));
  const least = Math.min(...curves.flatMap(({ points }) => points.map(({ p50Ms }) => p50Ms)));
  const [low, high] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const [bottom, top] = [height - PLOT.bottom, PLOT.top];
  const right = WIDTH - PLOT.right - 110;
  const x = (count) => PLOT.left + (Math.log2(count) / Math.log2(users.at(-1))) * (right - PLOT.left);
  const y = (ms) => bottom - ((Math.log10(ms) - low) / (high - low)) * (bottom - top);
  const body = [];
  for (let power = low; power <= high; power += 1) {
    const at = round(y(10 ** power));
    body.push(
      `<path class="grid" d="M${PLOT.left} ${at}H${right}"/>`,
      text(PLOT.left - 8, at + 4, `${10 ** power} ms`, "quiet", "end"),
    );
  }
  for (const count of users) body.push(text(x(count), bottom + 20, count, "quiet", "middle"));
  body.push(text((PLOT.left + right) / 2, bottom + 42, "confirmations under way at once", "quiet", "middle"));
  const ends = [];
  for (const [index, { name, points }] of curves.entries()) {
    for (const [member, label, dash] of [
      ["p50Ms", "median", ""],
      ["p99Ms", "p99", " dashed"],
    ]) {
      const path = points.map((point) => `${round(x(point.users))} ${round(y(point[member]))}`).join("L");
      body.push(`<path class="line ${["one", "two"][index]}${dash}" d="M${path}"/>`);
      ends.push({ at: y(points.at(-1)[member]), words: `${NAMES[name]}, ${label}`, kind: ["one", "two"][index] });
    }
  }
  let last = -Infinity;
  for (const { at, words, kind } of ends.sort((a, b) => a.at - b.at)) {
    last = Math.max(at, last + 16);
    body.push(text(right + 8, last + 4, words, `name ${kind}`));
  }
  const say = ({ name, points }) =>
    `${NAMES[name]}: ${points.map((one) => `${one.users} at once ${digits(one.perSecond)} a second, median ${digits(one.p50Ms, 1)} ms, p99 ${digits(one.p99Ms, 1)} ms`).join("; ")}.`;
  return { title: "How long one whole confirmation takes", description: curves.map(say).join(" "), height, body };
}

/** Groups of two bars each, with what they say beside them. */
function drawBars(title, unit, groups) {
  const height = PLOT.top + groups.length * 64 + 8;
  const most = Math.max(...groups.flatMap(({ bars }) => bars.map(({ value }) => value)));
  const left = 190;
  const body = groups.flatMap(({ label, bars }, index) => {
    const top = PLOT.top + index * 64;
    return [
      text(left - 12, top + 26, label, "quiet", "end"),
      ...bars.flatMap(({ name, value }, place) => {
        const width = Math.max(2, (value / most) * (WIDTH - left - 230));
        const y = top + place * 22;
        return [
          `<rect class="bar ${["one", "two"][place]}" x="${left}" y="${y}" width="${round(width)}" height="18"/>`,
          text(left + width + 8, y + 14, `${digits(value, value < 100 ? 2 : 0)} ${unit}, ${name}`),
        ];
      }),
    ];
  });
  const description = groups
    .map(
      ({ label, bars }) =>
        `${label}: ${bars.map(({ name, value }) => `${digits(value, 2)} ${unit} ${name}`).join(", ")}.`,
    )
    .join(" ");
  return { title, description, height, body };
}

function drawStored({ stored, few, many }) {
  const group = (label, member) => ({
    label,
    bars: [
      { name: "a few stored", value: few[member] },
      { name: `${digits(stored)} stored`, value: many[member] },
    ],
  });
  return drawBars("What a long history costs", "ms", [
    group("Pending, median", "pendingMs"),
    group("Pending, p99", "pendingP99Ms"),
    group("Status, median", "statusMs"),
    group("Status, p99", "statusP99Ms"),
  ]);
}

function drawDevices({ bare, broker }) {
  const groups = broker.growth.map(({ devices, bytes }, index) => ({
    label: `${digits(devices)} devices`,
    bars: [
      { name: "broker", value: bytes / MEBIBYTE },
      { name: "bare ws", value: bare.growth[index].bytes / MEBIBYTE },
    ],
  }));
  return drawBars("What idle devices add to the memory of a process", "MiB", groups);
}

function round(number) {
  return Math.round(number * 10) / 10;
}
