// Elements of the page, always made of text: nothing from the document is read as HTML.

const byId = (id) => document.getElementById(id);

const SVG = "http://www.w3.org/2000/svg";

/** Return an element; `has` are attributes, `holds` its children: elements and texts. */
function element(tag, has = {}, ...holds) {
  return filled(document.createElement(tag), has, holds);
}

/** Return an element of a drawing. */
function drawn(tag, has = {}, ...holds) {
  return filled(document.createElementNS(SVG, tag), has, holds);
}

function filled(node, has, holds) {
  for (const [name, value] of Object.entries(has)) {
    if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...holds.flat().filter((part) => part !== null && part !== ""));
  return node;
}

/** Return a piece of text with a meaning. */
function ink(meaning, ...holds) {
  return element("span", { class: meaning }, ...holds);
}

/** Return a text for those who hear the page, not on the screen. */
function aside(text) {
  return element("span", { class: "heard" }, text);
}

/** Return a figure, its first differing digit in a box. */
function figureNodes({ common, mark, rest, exponent }) {
  if (!mark) return [common + rest + exponent];
  return [ink("dim", common), element("em", { class: "differs" }, mark), rest, ink("dim", exponent)];
}

/** Return a number with commas between its thousands. */
function counted(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Put parts into a place; those with a key that is there already are kept as they are. */
function put(place, parts) {
  const known = new Map([...place.children].map((node) => [node.dataset.key, node]));
  const nodes = parts.map(({ key, make }) => {
    const kept = known.get(key);
    if (kept) {
      known.delete(key);
      return kept;
    }
    const node = make();
    node.dataset.key = key;
    return node;
  });
  for (const node of known.values()) node.remove();
  nodes.forEach((node, at) => {
    if (place.children[at] !== node) place.insertBefore(node, place.children[at] ?? null);
  });
}
