// Columns of numbers as the document has them: written out one by one, or deflated, in base64.

const WORDS = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };

/** A NumPy dtype by its text, such as "<f8": kind, bytes of one element, and NumPy's name. */
class Dtype {
  static all = new Map();

  static of(text) {
    if (!Dtype.all.has(text)) Dtype.all.set(text, new Dtype(text));
    return Dtype.all.get(text);
  }

  constructor(text) {
    const found = /^([<>|=]?)([A-Za-z])(\d*)(?:\[(.*)\])?$/.exec(text);
    if (!found) throw new Error(`${text} is no dtype that this page knows.`);
    const [, order, kind, size, unit] = found;
    this.text = text;
    this.kind = kind;
    this.unit = unit ?? "";
    this.size = Number(size || 8) * (kind === "U" ? 4 : 1);
    this.name = this.#name(order);
  }

  #name(order) {
    const long = { i: "int", u: "uint", f: "float", c: "complex", M: "datetime", m: "timedelta" };
    if (this.kind === "b") return "bool";
    if (this.kind === "O") return "object";
    if (order === ">" || !(this.kind in long)) return this.text;
    const unit = this.unit ? `[${this.unit}]` : "";
    return `${long[this.kind]}${8 * this.size}${unit}`;
  }

  /** Whether it holds real numbers. */
  get isReal() {
    return "fiub".includes(this.kind);
  }
}

/** Return the bytes of a text in base64. */
function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at++) bytes[at] = raw.charCodeAt(at);
  return bytes;
}

async function inflated(text) {
  const deflated = new Blob([fromBase64(text)]).stream();
  const stream = deflated.pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

/** Inflate every deflated column in a part of the document, so that it can be read at once. */
async function inflateAll(part) {
  const waiting = [];
  const look = (node) => {
    if (node === null || typeof node !== "object") return;
    if (typeof node.deflate === "string") {
      const column = node;
      waiting.push(inflated(column.deflate).then((bytes) => {
        column.bytes = bytes;
        column.deflate = null;
      }));
      return;
    }
    Object.values(node).forEach(look);
  };
  look(part);
  await Promise.all(waiting);
}

/** Return the elements of a column: numbers, BigInts of 64 bits, pairs of parts, or texts. */
function elements(column) {
  const dtype = Dtype.of(column.dtype);
  if (column.list) {
    const values = column.list.map((item) => (typeof item === "string" ? WORDS[item] : item));
    if (dtype.kind === "b") return Uint8Array.from(values, Number);
    if (dtype.kind === "f") return Float64Array.from(values);
    return dtype.size < 8 ? values : values.map(BigInt);
  }
  return decoded(dtype, column.bytes);
}

function decoded(dtype, bytes) {
  const { kind, size } = dtype;
  const plain = {
    b1: Uint8Array, i1: Int8Array, i2: Int16Array, i4: Int32Array, i8: BigInt64Array,
    u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, u8: BigUint64Array,
    f4: Float32Array, f8: Float64Array, M8: BigInt64Array, m8: BigInt64Array,
  }[kind + size];
  if (plain) return new plain(bytes);
  if (kind === "f") return reals(bytes, size);
  if (kind === "c") {
    const parts = size === 8 ? new Float32Array(bytes) : reals(bytes, size / 2);
    return Array.from({ length: parts.length / 2 }, (_, at) => ({
      re: parts[2 * at], im: parts[2 * at + 1],
    }));
  }
  return texts(bytes, kind, size);
}

function reals(bytes, size) {
  if (size === 8) return new Float64Array(bytes);
  const view = new DataView(bytes);
  const read = size === 2 ? half : extended;
  return Float64Array.from({ length: bytes.byteLength / size }, (_, at) => read(view, at * size));
}

function half(view, at) {
  const bits = view.getUint16(at, true);
  const sign = bits >> 15 ? -1 : 1;
  const power = (bits >> 10) & 31;
  const rest = bits & 1023;
  if (power === 31) return rest ? NaN : sign * Infinity;
  return sign * (power ? 2 ** (power - 25) * (1024 + rest) : 2 ** -24 * rest);
}

/** Read a long double of 80 bits; digits beyond those of a double are lost. */
function extended(view, at) {
  const mantissa = view.getBigUint64(at, true);
  const top = view.getUint16(at + 8, true);
  const sign = top >> 15 ? -1 : 1;
  const power = top & 32767;
  if (power === 32767) return mantissa << 1n & 0xffffffffffffffffn ? NaN : sign * Infinity;
  return sign * Number(mantissa) * 2 ** Math.max(power - 16383 - 63, -1074);
}

function texts(bytes, kind, size) {
  const out = [];
  const view = new DataView(bytes);
  for (let start = 0; start < bytes.byteLength; start += size) {
    let text = "";
    for (let at = start; at < start + size; at += kind === "U" ? 4 : 1) {
      text += kind === "U" ? point(view.getUint32(at, true)) : point(view.getUint8(at));
    }
    out.push(text.replace(/\0+$/, ""));
  }
  return out;
}

function point(code) {
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
}

/** Return a column of integers as plain numbers, its differences added up. */
function integers(column) {
  const found = elements(column);
  let low = 0;
  let high = 0;
  const sums = new Float64Array(found.length);
  let sum = 0;
  for (let at = 0; at < found.length; at++) {
    sum = column.delta ? sum + Number(found[at]) : Number(found[at]);
    sums[at] = sum;
    if (sum < low) low = sum;
    if (sum > high) high = sum;
  }
  return low >= -(2 ** 31) && high < 2 ** 31 ? Int32Array.from(sums) : sums;
}

/** Return the last place of a sorted column whose number is not above another, or -1. */
function lastUpTo(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
