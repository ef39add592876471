// Inflate (RFC 1950, 1951) that stops at a bound. The browser's own unpacks a hostile stream as far as it likes and hides how it ended;
// here the end, an error and "more would follow" are told apart as zlib tells them, for `liandan verify` decides by them.

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
];
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const BITS = 15;

class Broken extends Error {}
class Short extends Error {}
class Full extends Error {}

/** Table of all 15-bit beginnings to (symbol << 4 | length), 0 for none. An incomplete set is taken only as zlib takes it: one code. */
function huffman(lengths, isOfLengths) {
  const counts = new Uint16Array(BITS + 1);
  for (const length of lengths) counts[length] += 1;
  counts[0] = 0;
  let left = 1;
  let longest = 0;
  const next = new Uint16Array(BITS + 2);
  for (let length = 1; length <= BITS; length += 1) {
    left = (left << 1) - counts[length];
    if (left < 0) throw new Broken("over-subscribed");
    if (counts[length]) longest = length;
    next[length + 1] = (next[length] + counts[length]) << 1;
  }
  if (longest && left > 0 && (isOfLengths || longest !== 1)) throw new Broken("incomplete");
  const table = new Uint16Array(1 << BITS);
  for (let symbol = 0; symbol < lengths.length; symbol += 1) {
    const length = lengths[symbol];
    if (!length) continue;
    let code = next[length]++;
    let reversed = 0; // codes are packed from their first bit on, all else from the last
    for (let bit = 0; bit < length; bit += 1, code >>= 1) reversed = (reversed << 1) | (code & 1);
    for (let at = reversed; at < table.length; at += 1 << length) table[at] = (symbol << 4) | length;
  }
  return table;
}

class Inflater {
  constructor(raw, start, end, most) {
    Object.assign(this, { raw, at: start, end, most, held: 0, count: 0, size: 0, out: new Uint8Array(Math.min(most, 1 << 16)) });
  }

  bits(wanted) {
    while (this.count < wanted) {
      if (this.at >= this.end) throw new Short();
      this.held |= this.raw[this.at++] << this.count;
      this.count += 8;
    }
    const value = this.held & ((1 << wanted) - 1);
    this.held >>>= wanted;
    this.count -= wanted;
    return value;
  }

  symbol(table) {
    while (this.count < BITS && this.at < this.end) {
      this.held |= this.raw[this.at++] << this.count;
      this.count += 8;
    }
    const found = table[this.held & ((1 << BITS) - 1)];
    const length = found & 15;
    if (!found || length > this.count) {
      if (this.count < BITS) throw new Short();
      throw new Broken("no such code");
    }
    this.held >>>= length;
    this.count -= length;
    return found >> 4;
  }

  put(byte) {
    if (this.size === this.most) throw new Full();
    if (this.size === this.out.length) {
      const larger = new Uint8Array(Math.min(this.most, this.out.length * 2));
      larger.set(this.out);
      this.out = larger;
    }
    this.out[this.size++] = byte;
  }

  stored() {
    this.held >>>= this.count & 7;
    this.count -= this.count & 7;
    const length = this.bits(16);
    if (length !== (this.bits(16) ^ 0xffff)) throw new Broken("lengths differ");
    for (let left = length; left; left -= 1) this.put(this.bits(8));
  }

  tables() {
    const [literals, distances, codes] = [this.bits(5) + 257, this.bits(5) + 1, this.bits(4) + 4];
    if (literals > 286 || distances > 30) throw new Broken("too many symbols");
    const ofLengths = new Uint8Array(19);
    for (let at = 0; at < codes; at += 1) ofLengths[ORDER[at]] = this.bits(3);
    const table = huffman(ofLengths, true);
    const lengths = new Uint8Array(literals + distances);
    for (let at = 0; at < lengths.length; ) {
      const symbol = this.symbol(table);
      if (symbol < 16) {
        lengths[at++] = symbol;
        continue;
      }
      if (symbol === 16 && at === 0) throw new Broken("nothing to repeat");
      const value = symbol === 16 ? lengths[at - 1] : 0;
      const times = symbol === 16 ? 3 + this.bits(2) : symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7);
      if (at + times > lengths.length) throw new Broken("repeated too often");
      lengths.fill(value, at, (at += times));
    }
    if (!lengths[256]) throw new Broken("no end of block");
    return [huffman(lengths.subarray(0, literals), false), huffman(lengths.subarray(literals), false)];
  }

  block(literals, distances) {
    for (;;) {
      const symbol = this.symbol(literals);
      if (symbol === 256) return;
      if (symbol < 256) {
        this.put(symbol);
        continue;
      }
      if (symbol > 285) throw new Broken("no such length");
      const length = LENGTH_BASE[symbol - 257] + this.bits(LENGTH_EXTRA[symbol - 257]);
      const code = this.symbol(distances);
      if (code > 29) throw new Broken("no such distance");
      const distance = DISTANCE_BASE[code] + this.bits(code < 2 ? 0 : (code >> 1) - 1);
      if (distance > this.size) throw new Broken("too far back");
      for (let left = length; left; left -= 1) this.put(this.out[this.size - distance]);
    }
  }

  checksum() {
    let [a, b] = [1, 0];
    for (let at = 0; at < this.size; ) {
      // 3,800 sums stay below 2^32
      for (const end = Math.min(at + 3800, this.size); at < end; at += 1) b += a += this.out[at];
      a %= 65521;
      b %= 65521;
    }
    return b * 65536 + a;
  }

  run() {
    const [method, flags] = [this.bits(8), this.bits(8)];
    if ((method * 256 + flags) % 31 || (method & 15) !== 8 || method >> 4 > 7 || flags & 32) throw new Broken("no zlib header");
    let isLast = 0;
    while (!isLast) {
      isLast = this.bits(1);
      const kind = this.bits(2);
      if (kind === 0) this.stored();
      else if (kind === 1) this.block(...FIXED());
      else if (kind === 2) this.block(...this.tables());
      else throw new Broken("no such block");
    }
    this.held >>>= this.count & 7;
    this.count -= this.count & 7;
    let wanted = 0;
    for (let left = 4; left; left -= 1) wanted = wanted * 256 + this.bits(8);
    if (wanted !== this.checksum()) throw new Broken("checksum");
  }
}

let fixedTables = null;
function FIXED() {
  const lengths = Uint8Array.from({ length: 288 }, (_, at) => (at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8));
  fixedTables = fixedTables || [huffman(lengths, false), huffman(new Uint8Array(32).fill(5), false)];
  return fixedTables;
}

/** {state: "whole" | "more" | "broken", content}: of the stream that begins at `start`, at most `most` bytes. */
function inflate(raw, start, end, most) {
  const inflater = new Inflater(raw, start, end, most);
  let state = "whole";
  try {
    inflater.run();
  } catch (error) {
    if (error instanceof Broken) state = "broken";
    else if (error instanceof Short || error instanceof Full) state = "more";
    else throw error;
  }
  return { state, content: inflater.out.subarray(0, inflater.size) };
}
