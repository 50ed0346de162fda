// Python's values, and how Python writes them.
//
// A value is an object with a `type`: "float", "int", "bool", "none", "text", "bytes",
// "complex", "numpy" (a scalar of a dtype), "tuple", "opaque" (seen but not kept), "array" (a
// place in a buffer at a step) or "ndarray" (an array that was kept whole).

const NONE = { type: "none" };

/** Return a scalar of NumPy. */
function numpyScalar(dtype, raw) {
  return { type: "numpy", dtype, raw };
}

/** Return the value that a `[tag, content]` of the document stands for. */
function unpacked([tag, content, cells]) {
  switch (tag) {
    case "none": return NONE;
    case "bool": return { type: "bool", raw: content };
    case "text": return { type: "text", raw: content };
    case "opaque": return { type: "opaque", raw: content };
    case "bytes": return { type: "bytes", raw: content };
    case "int": return { type: "int", raw: BigInt(content) };
    case "float":
    case "complex": return { type: tag, raw: elements(content)[0] };
    case "numpy": return numpyScalar(Dtype.of(content.dtype), elements(content)[0]);
    case "tuple": return { type: "tuple", raw: content.map(unpacked) };
    case "array": return { type: "ndarray", shape: content, dtype: Dtype.of(cells.dtype) };
    default: throw new Error(`A value of the kind ${tag} is none that this page knows.`);
  }
}

/** Tell whether a value is a number that has digits to compare: no truth value. */
function isFigure(value) {
  if (value === undefined) return false;
  if (value.type === "numpy") return "fiu".includes(value.dtype.kind);
  return value.type === "float" || value.type === "int";
}

/** Return a value as it is shown: numbers as `str` writes them, the rest as `repr` does. */
function valueText(value) {
  if (isFigure(value)) return strText(value);
  switch (value.type) {
    case "array":
    case "ndarray": return `[${kindText(value.view ?? value)}]`;
    case "opaque": return value.raw;
    default: return reprText(value);
  }
}

/** Return `str(value)`. */
function strText(value) {
  switch (value.type) {
    case "numpy": return numpyText(value.dtype, value.raw);
    case "text": return value.raw;
    default: return reprText(value);
  }
}

/** Return `repr(value)`. */
function reprText(value) {
  switch (value.type) {
    case "none": return "None";
    case "bool": return value.raw ? "True" : "False";
    case "float": return floatText(value.raw);
    case "int": return String(value.raw);
    case "complex": return complexText(value.raw, 8);
    case "text": return quoted(value.raw);
    case "bytes": return bytesText(value.raw);
    case "tuple": return tupleText(value.raw.map(reprText));
    case "numpy": return numpyRepr(value);
    default: return value.raw ?? valueText(value);
  }
}

function numpyRepr({ dtype, raw }) {
  const text = numpyText(dtype, raw);
  if ("US".includes(dtype.kind)) return `np.${dtype.kind === "U" ? "str" : "bytes"}_(${quoted(text)})`;
  if (dtype.kind === "b") return `np.${text}`;
  return `np.${dtype.name}(${text.replace(/^\((.*)\)$/, "$1")})`;
}

/** Return an element of an array as NumPy's `str` writes it. */
function numpyText(dtype, raw) {
  switch (dtype.kind) {
    case "b": return raw ? "True" : "False";
    case "f": return floatText(raw, dtype.size);
    case "c": return complexText(raw, dtype.size / 2);
    case "M": return momentText(raw, dtype.unit);
    case "m": return raw === NOT_A_TIME ? "NaT" : `${raw} ${UNITS[dtype.unit] ?? dtype.unit}`;
    default: return String(raw);
  }
}

/** Return a tuple of texts as Python prints it: `(0, 2)`, `(3,)`. */
function tupleText(texts) {
  return texts.length === 1 ? `(${texts[0]},)` : `(${texts.join(", ")})`;
}

/** Return an index as Python prints it: `(0, 2)`, `(3,)`. */
function idxText(index) {
  return tupleText(index.map(String));
}

/** Return the size and type of an array, such as `2x3 float64`. */
function kindText({ shape, dtype }) {
  return `${shape.join("x") || "scalar"} ${dtype.name}`;
}

// --- floats ------------------------------------------------------------------------------------

/** Return a float of so many bytes as Python writes it: the fewest digits that mean it. */
function floatText(number, size = 8) {
  if (Number.isNaN(number)) return "nan";
  if (!Number.isFinite(number)) return number > 0 ? "inf" : "-inf";
  if (number === 0) return Object.is(number, -0) ? "-0.0" : "0.0";
  const distance = Math.abs(number);
  const [mantissa, power] = shortest(distance, size).split("e");
  const digits = mantissa.replace(".", "");
  const isPlain = distance < 1e16 && distance >= 1e-4;
  const text = isPlain ? positional(digits, Number(power)) : withExponent(digits, Number(power));
  return number < 0 ? `-${text}` : text;
}

function shortest(number, size) {
  const rounded = { 2: roundedToHalf, 4: Math.fround }[size];
  for (let digits = 0; rounded && digits < 10; digits++) {
    const text = scientific(number, digits);
    if (rounded(Number(text)) === number) return text;
  }
  return number.toExponential();
}

function roundedToHalf(number) {
  const power = Math.max(Math.floor(Math.log2(number)), -14) - 10;
  const scaled = number / 2 ** power;
  const floor = Math.floor(scaled);
  const up = scaled - floor > 0.5 || (scaled - floor === 0.5 && floor % 2 === 1);
  return (floor + (up ? 1 : 0)) * 2 ** power;
}

function withExponent(digits, power) {
  const behind = digits.length > 1 ? `.${digits.slice(1)}` : "";
  return digits[0] + behind + exponentText(power);
}

function positional(digits, power) {
  if (power < 0) return `0.${"0".repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, "0");
  return `${whole}.${digits.slice(power + 1) || "0"}`;
}

function exponentText(power) {
  return `e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** Return a number with so many decimals, halves to even as Python rounds them. */
function fixed(number, decimals) {
  if (!Number.isFinite(number)) return floatText(number);
  return withEvenHalves(number, (size, more) => size.toFixed(decimals + more));
}

/** Return a number as one digit, so many decimals and an exponent: `-1.047e-04`. */
function scientific(number, decimals) {
  if (!Number.isFinite(number)) return floatText(number);
  const power = Number(number.toExponential(decimals).split("e")[1]);
  const mantissa = withEvenHalves(
    number, (size, more) => size.toExponential(decimals + more).split("e")[0],
  );
  return mantissa + exponentText(power);
}

/** JavaScript rounds an exact half up, Python to the even digit. */
function withEvenHalves(number, write) {
  const size = Math.abs(number);
  let text = write(size, 0);
  const more = write(size, 40);
  const last = Number(text.at(-1));
  if (/^50*$/.test(more.slice(more.length - 40)) && last % 2 === 1) {
    text = text.slice(0, -1) + (last - 1);
  }
  const isBelow = number < 0 || Object.is(number, -0);
  return isBelow ? `-${text}` : text;
}

function complexText({ re, im }, size) {
  const part = (number) => floatText(number, size).replace(/\.0$/, "");
  if (re === 0 && !Object.is(re, -0)) return `${part(im)}j`;
  const sign = im < 0 || Object.is(im, -0) ? "" : "+";
  return `(${part(re)}${sign}${part(im)}j)`;
}

// --- texts, bytes, times -----------------------------------------------------------------------

const ESCAPES = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Return a text as Python's `repr` writes it. */
function quoted(text) {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = Array.from(text, (sign) => {
    if (sign in ESCAPES) return ESCAPES[sign];
    if (sign === quote) return `\\${sign}`;
    return sign !== " " && /[\p{C}\p{Z}]/u.test(sign) ? escaped(sign.codePointAt(0)) : sign;
  });
  return quote + body.join("") + quote;
}

function escaped(code) {
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

function bytesText(digits) {
  const codes = digits.match(/../g) ?? [];
  const text = codes.map((pair) => String.fromCharCode(parseInt(pair, 16))).join("");
  return `b${quoted(text).replace(/[\u00a1-\u00ff]/g, (s) => escaped(s.charCodeAt(0)))}`;
}

const NOT_A_TIME = -(2n ** 63n);
const UNITS = {
  Y: "years", M: "months", W: "weeks", D: "days", h: "hours", m: "minutes", s: "seconds",
  ms: "milliseconds", us: "microseconds", ns: "nanoseconds",
};
const PER_SECOND = { s: 1n, ms: 1000n, us: 1000000n, ns: 1000000000n };

function momentText(raw, unit) {
  if (raw === NOT_A_TIME) return "NaT";
  if (unit === "D") return new Date(Number(raw) * 86400e3).toISOString().slice(0, 10);
  const per = PER_SECOND[unit];
  if (!per) return `${raw} ${UNITS[unit] ?? unit} after 1970`;
  const rest = ((raw % per) + per) % per;
  const second = new Date(Number((raw - rest) / per) * 1000).toISOString().slice(0, 19);
  return unit === "s" ? second : `${second}.${String(rest).padStart(String(per).length - 1, "0")}`;
}
