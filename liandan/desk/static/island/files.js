// Files handed to the user: one by one, or several in one archive (ZIP, stored as they are), made on this device.

import { concat, utf8 } from "./core.js";
import { make } from "./words.js";

/** Offers bytes as a download. */
export function download(name, bytes, type = "application/octet-stream") {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const link = make("a", { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});
const crc32 = (raw) => ~raw.reduce((sum, byte) => TABLE[(sum ^ byte) & 255] ^ (sum >>> 8), -1) >>> 0;

/** Numbers of 2 or 4 bytes, little-endian: [[2, 20], [4, size], …]. */
function packed(fields) {
  const raw = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(raw.buffer);
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return raw;
}

/** An archive of files by their names (PKWARE APPNOTE 4.3, method 0, names in UTF-8). */
export function zip(files) {
  const [parts, directory] = [[], []];
  let at = 0;
  for (const [name, raw] of Object.entries(files)) {
    const named = utf8(name);
    const common = [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, 0x21], [4, crc32(raw)], [4, raw.length], [4, raw.length], [2, named.length], [2, 0]];
    const local = concat(packed([[4, 0x04034b50], ...common]), named, raw);
    directory.push(concat(packed([[4, 0x02014b50], [2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]]), named));
    parts.push(local);
    at += local.length;
  }
  const listed = concat(...directory);
  const end = packed([[4, 0x06054b50], [2, 0], [2, 0], [2, directory.length], [2, directory.length], [4, listed.length], [4, at], [2, 0]]);
  return concat(...parts, listed, end);
}
