// A larger array as a map of fields, a window of it at a time, with its scale.

const LEVELS = 9;
const FIELD = 10; // of a field, in the drawing's own units

function asMatrix(shape) {
  return [product(shape.slice(0, -1)), shape.at(-1) ?? 1];
}

/** Return start and length of the page of an axis that holds `at`: it moves page by page. */
function pageOf(at, length, most) {
  const size = Math.max(1, Math.min(length, most));
  return [Math.min(Math.floor(at / size) * size, length - size), size];
}

/** Return the largest absolute finite value of an array. */
function largestOf(array) {
  let most = 0;
  for (let flat = 0; flat < array.view.size; flat++) {
    const size = sizeOf(array.raw(flat));
    if (size > most) most = size;
  }
  return most;
}

function asNumber(raw) {
  return typeof raw === "object" ? raw.re : Number(raw);
}

function sizeOf(raw) {
  const size = typeof raw === "object" ? Math.hypot(raw.re, raw.im) : Math.abs(Number(raw));
  return Number.isFinite(size) ? size : 0;
}

/** Return the level of a number; one that is not zero is never drawn as zero. */
function levelOf(number, scale) {
  if (Number.isNaN(number)) return NaN;
  if (!scale) return 0;
  const share = Math.min(Math.max((number / scale) * LEVELS, -LEVELS), LEVELS);
  return Math.sign(share) * Math.ceil(Math.abs(share));
}

/**
 * Return what a map shows: the window around the element that changed, else around `near`.
 *
 * `most` are the rows and columns of the largest window; `scale` is the value of the strongest
 * field, 0 takes the largest of the window.
 */
function mapOf(array, most, scale, near) {
  const { shape } = array;
  const [rows, wide] = asMatrix(shape);
  const marked = array.changed.map((index) => ravelled(index, shape));
  const middle = near?.length === shape.length ? ravelled(near, shape) : 0;
  const centre = marked.length ? Math.min(...marked) : middle;
  const [top, height] = pageOf(Math.floor(centre / wide), rows, most.rows);
  const [left, width] = pageOf(centre % wide, wide, most.columns);
  const numbers = [];
  for (let row = top; row < top + height; row++) {
    for (let column = left; column < left + width; column++) {
      numbers.push(asNumber(array.raw(row * wide + column)));
    }
  }
  const strongest = scale || Math.max(0, ...numbers.filter(Number.isFinite).map(Math.abs));
  const levels = numbers.map((number) => levelOf(number, strongest));
  const isSeen = (flat) => {
    const [row, column] = [Math.floor(flat / wide) - top, (flat % wide) - left];
    return row >= 0 && row < height && column >= 0 && column < width;
  };
  const here = marked.filter(isSeen).map((flat) => [Math.floor(flat / wide) - top, (flat % wide) - left]);
  const place = `${placeText("rows", top, height, rows)}, ${placeText("columns", left, width, wide)}`;
  return { top, left, height, width, wide, levels, here, place, scale: strongest };
}

function placeText(what, start, size, length) {
  return size === length ? `all ${length} ${what}` : `${what} ${start} to ${start + size - 1} of ${length}`;
}

/** Return the drawing of a map, with its place and scale below. */
function heatmapNode(name, map, textAt) {
  const label = `heatmap of ${name}, ${map.place}`;
  const picture = fieldsNode(map.levels, map.width, map.here, { role: "img", "aria-label": label });
  picture.style.maxWidth = `${map.width * 1.125}rem`;
  const readout = element("span", { class: "readout" });
  picture.addEventListener("pointermove", (event) => {
    const flat = flatUnder(event, picture, map);
    readout.textContent = flat === null ? "" : textAt(flat);
  });
  picture.addEventListener("pointerleave", () => readout.replaceChildren());
  return element(
    "figure",
    { class: "map" },
    picture,
    element("figcaption", { class: "dim" }, ink("place", map.place), scaleNode(map.scale), readout),
  );
}

/** Return the element under a pointer, counted through row by row. */
function flatUnder(event, picture, { top, left, height, width, wide }) {
  const box = picture.getBoundingClientRect();
  const row = Math.floor(((event.clientY - box.top) / box.height) * height);
  const column = Math.floor(((event.clientX - box.left) / box.width) * width);
  if (row < 0 || row >= height || column < 0 || column >= width) return null;
  return (top + row) * wide + left + column;
}

/** Return fields: their colour tells size and sign, a bar in them the sign, a cross a NaN. */
function fieldsNode(levels, width, here, has) {
  const height = Math.ceil(levels.length / width);
  const paths = new Map();
  const add = (name, path) => paths.set(name, (paths.get(name) ?? "") + path);
  levels.forEach((level, at) => {
    const [x, y] = [(at % width) * FIELD, Math.floor(at / width) * FIELD];
    if (Number.isNaN(level)) {
      add("not-a-number", `M${x + 2} ${y + 2}l6 6m0-6l-6 6`);
      return;
    }
    if (level) add(`heat${Math.abs(level)} ${level < 0 ? "cold" : "hot"}`, `M${x} ${y}h10v10h-10z`);
    if (level < 0) add("sign", `M${x + 3} ${y + 5}h4`);
  });
  const marks = here.flatMap(([row, column]) => ["ring-outer", "ring"].map((name) => drawn("rect", {
    class: name, x: column * FIELD - 1, y: row * FIELD - 1, width: FIELD + 2, height: FIELD + 2,
  })));
  const order = (name) => (name.startsWith("heat") ? 0 : 1);
  const nodes = [...paths].sort(([one], [other]) => order(one) - order(other));
  return drawn(
    "svg",
    { class: "fields", viewBox: `-2 -2 ${width * FIELD + 4} ${height * FIELD + 4}`, ...has },
    drawn("rect", { class: "ground", width: width * FIELD, height: height * FIELD }),
    ...nodes.map(([name, path]) => drawn("path", { class: name, d: path })),
    ...marks,
  );
}

function scaleNode(scale) {
  if (!scale) return ink("scale", "every element is 0");
  const text = shortText(scale);
  const levels = [-9, -6, -3, 0, 3, 6, 9];
  const fields = fieldsNode(levels, levels.length, [], { class: "fields legend", "aria-hidden": "true" });
  return ink("scale", `-${text} `, fields, ` ${text}`);
}

/** Return a number with three digits, as `%.3g` writes it. */
function shortText(number) {
  const power = Number(number.toExponential(2).split("e")[1]);
  if (power < -4 || power >= 3) return scientific(number, 2).replace(/\.?0+e/, "e");
  const text = fixed(number, 2 - power);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
