// The source of the function that runs, with the line that has just run.

const KEYWORDS = new Set(
  ("False None True and as assert async await break class continue def del elif else except " +
    "finally for from global if import in is lambda nonlocal not or pass raise return try " +
    "while with yield").split(" "),
);
const BUILTINS = new Set(
  ("abs all any bool bytes callable complex dict dir divmod enumerate filter float format " +
    "frozenset getattr hasattr hash id input int isinstance issubclass iter len list map max " +
    "min next object open pow print property range repr reversed round set setattr slice " +
    "sorted staticmethod str sum super tuple type vars zip ArithmeticError AssertionError " +
    "AttributeError Exception IndexError KeyError NotImplementedError RuntimeError " +
    "StopIteration TypeError ValueError ZeroDivisionError").split(" "),
);
const TOKEN = new RegExp(
  [
    "(?<comment>#.*)",
    "(?<long>[rbfuRBFU]{0,2}(?:\"\"\"|'''))",
    "(?<string>[rbfuRBFU]{0,2}(?:\"(?:\\\\.|[^\"\\\\])*\"?|'(?:\\\\.|[^'\\\\])*'?))",
    "(?<number>\\b(?:0[xXoObB][\\da-fA-F_]+|(?:\\d[\\d_]*\\.?[\\d_]*|\\.\\d[\\d_]*)(?:[eE][+-]?\\d+)?[jJ]?))",
    "(?<name>[\\p{L}_][\\p{L}\\p{N}_]*)",
  ].join("|"),
  "gu",
);

/** Return each line of a piece of source as pairs of a meaning and a text. */
function highlighted(lines) {
  let open = ""; // the quotes of a text that goes on over lines
  let isNamed = false;
  return lines.map((line) => {
    const out = [];
    let at = 0;
    const tell = (meaning, end) => {
      if (end > at) out.push([meaning, line.slice(at, end)]);
      at = end;
    };
    while (at < line.length) {
      if (open) {
        const end = line.indexOf(open, at);
        tell("string", end < 0 ? line.length : end + 3);
        if (end >= 0) open = "";
        continue;
      }
      TOKEN.lastIndex = at;
      const found = TOKEN.exec(line);
      if (!found) break;
      tell("", found.index);
      const { long, name, comment, number } = found.groups;
      if (long) {
        open = long.slice(-3);
        tell("string", at + long.length);
      } else if (name) {
        const isKeyword = KEYWORDS.has(name);
        const plain = isKeyword ? "keyword" : BUILTINS.has(name) ? "builtin" : "";
        tell(isNamed ? "function" : plain, at + name.length);
        isNamed = name === "def" || name === "class";
      } else {
        tell(comment ? "comment" : number ? "number" : "string", at + found[0].length);
      }
    }
    tell("", line.length);
    return out;
  });
}

function commonIndent(lines) {
  const indents = lines.filter((line) => line.trim()).map((line) => /^ */.exec(line)[0].length);
  return indents.length ? Math.min(...indents) : 0;
}

/** The listing of one run: it is drawn anew only when the function changes. */
class Listing {
  #source = null;
  #lines = [];
  #marked = [];

  /** `onLine` is called with the number of a line that was clicked. */
  constructor(place, onLine) {
    this.place = place;
    place.addEventListener("click", (event) => {
      const row = event.target.closest("li");
      if (row && !window.getSelection().toString()) onLine(Number(row.dataset.line));
    });
  }

  /** Draw the next source anew, whatever it is. */
  forget() {
    this.#source = null;
    this.#marked = [];
  }

  show(state) {
    if (state.source !== this.#source) this.#draw(state.source);
    this.#mark(state);
  }

  #draw(source) {
    this.#source = source;
    const texts = source.lines.map((line) => line.replaceAll("\t", "    "));
    const indent = commonIndent(texts);
    const list = element("ol", { class: "listing", "aria-label": `source of ${source.name}` });
    this.#lines = highlighted(texts.map((line) => line.slice(indent))).map((parts, at) =>
      this.#row(source.first_line + at, parts));
    list.append(...this.#lines);
    const none = `The source of ${source.name} could not be had.`;
    this.place.replaceChildren(this.#lines.length ? list : element("p", { class: "dim" }, none));
    this.#marked = [];
  }

  #row(number, parts) {
    const code = parts.map(([meaning, text]) => (meaning ? ink(meaning, text) : text));
    return element(
      "li",
      { "data-line": number },
      element("span", { class: "pointer", "aria-hidden": "true" }),
      element("span", { class: "lineno" }, String(number)),
      element("code", {}, ...code),
    );
  }

  #mark({ line, endLine, exception, source }) {
    for (const row of this.#marked) {
      row.removeAttribute("aria-current");
      row.classList.remove("current", "raised");
      row.firstChild.textContent = "";
    }
    const first = line - source.first_line;
    this.#marked = first < 0 ? [] : this.#lines.slice(first, endLine - source.first_line + 1);
    this.#marked.forEach((row, at) => {
      row.classList.add(exception ? "raised" : "current");
      if (at > 0) return;
      row.setAttribute("aria-current", "step");
      row.firstChild.textContent = exception ? "!" : ">";
    });
  }

  /** Scroll the listing, never the page, to the line that ran. */
  reveal() {
    if (!this.#marked.length) return;
    const { place } = this;
    const [first, last] = [this.#marked[0], this.#marked.at(-1)];
    const top = first.offsetTop; // from the top of the place, which is positioned
    const bottom = last.offsetTop + last.offsetHeight;
    const margin = 2 * first.offsetHeight;
    if (top - margin < place.scrollTop) place.scrollTop = top - margin;
    else if (bottom + margin > place.scrollTop + place.clientHeight) {
      place.scrollTop = bottom + margin - place.clientHeight;
    }
  }
}
