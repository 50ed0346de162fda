// Names, with arrows to the buffers that they reach.

const ROW = 28; // of one name, in pixels at the usual size of type
const ARM = 56;

/** Return one buffer: its names, an arrow from each, its box, and what was written. */
function bufferPart(buffer) {
  const names = buffer.bindings.map(bindingText);
  const box = `${buffer.shape.join("x") || "scalar"} ${buffer.dtype.name}`;
  const written = writtenText(buffer);
  const views = buffer.bindings.map(({ how }) => how === "view");
  const key = JSON.stringify([buffer.number, names, views, box, written]);
  return { key, make: () => bufferNode(names, views, box, written) };
}

/** Return a name; what is only a view of the buffer says of which part. */
function bindingText({ name, how, part }) {
  return how === "view" ? `${name} ${part || "(another shape)"}` : name;
}

function writtenText({ written }) {
  if (!written.length) return "";
  const shown = written.slice(0, 2).map((index) => `[${index.join(", ")}]`).join(", ");
  const more = written.length - 2;
  return `written ${shown}${more > 0 ? ` and ${counted(more)} more` : ""}`;
}

function bufferNode(names, views, box, written) {
  const shared = names.length > 1 ? `${names.length} names, one buffer: ` : "one name, one buffer: ";
  return element(
    "li",
    { class: written ? "buffer written" : "buffer" },
    element("ul", { class: "names" }, ...names.map((name) => element("li", {}, ink("name", name)))),
    arrowsNode(views, Boolean(written)),
    element(
      "p",
      { class: "box" },
      aside(shared),
      element("span", { class: "cells" }, box),
      written ? ink("changed", " ", written) : null,
    ),
  );
}

/** Return an arrow from each name to the box; a dashed one from a view. */
function arrowsNode(views, isWritten) {
  const height = views.length * ROW;
  const [end, middle] = [ARM - 2, height / 2];
  const paths = views.map((isView, at) => {
    const start = (at + 0.5) * ROW;
    const bend = ARM * 0.55;
    const path = `M2 ${start}C${bend} ${start} ${ARM - bend} ${middle} ${end - 5} ${middle}`;
    return drawn("path", { class: isView ? "wire view" : "wire", d: path });
  });
  const head = drawn("path", { class: "head", d: `M${end - 8} ${middle - 5}L${end} ${middle}L${end - 8} ${middle + 5}z` });
  const size = { width: ARM, height, viewBox: `0 0 ${ARM} ${height}` };
  return drawn("svg", { class: isWritten ? "arrows written" : "arrows", "aria-hidden": "true", ...size }, ...paths, head);
}

function memoryParts(memory) {
  if (memory.buffers.length) return memory.buffers.map(bufferPart);
  const none = "no array is reached by a name here";
  return [{ key: none, make: () => element("li", { class: "dim" }, none) }];
}
