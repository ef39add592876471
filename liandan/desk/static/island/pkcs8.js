// Key files: PKCS#8 in PEM, plain (RFC 5958) or encrypted with a passphrase (RFC 8018 PBES2: PBKDF2 and AES-CBC, as `liandan key` and OpenSSL write it).

import { elements, fromBase64, toHex } from "./core.js";
import { Stopped } from "./words.js";

const OIDS = {
  "2a864886f70d01050d": "pbes2",
  "2a864886f70d01050c": "pbkdf2",
  "2a864886f70d0207": "SHA-1",
  "2a864886f70d0209": "SHA-256",
  "2a864886f70d020a": "SHA-384",
  "2a864886f70d020b": "SHA-512",
  "60864801650304012a": "aes256",
  "608648016503040102": "aes128",
  "2b6570": "ed25519",
  "2a8648ce3d0201": "ec",
  "2a8648ce3d030107": "p256",
  "2a811ccf5501822d": "sm2",
  "608648016503040311": "ml-dsa-44",
};
const ROUNDS_MAX = 10000000;
const KEY_BYTES = { aes128: 16, aes256: 32 };
const nameOf = (part) => (part && part.tag === 0x06 ? OIDS[toHex(part.inside)] || "" : "");
const inside = (part) => (part && part.tag === 0x30 && elements(part.inside)) || [];

const noKey = () => new Stopped(
  "KEY_FILE",
  ["这不是密钥文件（PKCS#8，PEM）。", "This is no key file (PKCS#8, PEM)."],
  ["选择 liandan key 生成的 .pem 文件。", "Choose the .pem file that liandan key has made."],
);
const wrongPassphrase = () => new Stopped(
  "KEY_PASSPHRASE",
  ["口令不对，或文件已损坏。", "The passphrase is wrong, or the file is damaged."],
  ["再输一次口令；大小写有别。", "Enter the passphrase again; capitals matter."],
);
const byProgram = () => new Stopped(
  "KEY_BY_PROGRAM",
  ["这把密钥的算法（国密 SM2 或 ML-DSA）浏览器不能签署。", "The browser cannot sign with the algorithm of this key (SM2 or ML-DSA)."],
  ["用命令行 liandan 签署：本页可以把待签的字节存成文件，再取回签好的文件；或另登记一把 P-256 密钥供浏览器使用。", "Sign by the program liandan: this page gives the bytes as a file and takes the signed file back; or enrol a P-256 key for the browser."],
);

/** Parts of PBES2: {salt, rounds, hash, cipher, iv, data}; null for anything else. */
function pbes2(der) {
  const [algorithm, data] = inside(elements(der)?.[0]);
  const [name, parameters] = inside(algorithm);
  const [derivation, encryption] = inside(parameters);
  const [kdf, stretched] = inside(derivation);
  const [salt, rounds, ...more] = inside(stretched);
  const [cipher, iv] = inside(encryption);
  const isOurs = nameOf(name) === "pbes2" && nameOf(kdf) === "pbkdf2" && KEY_BYTES[nameOf(cipher)] && salt?.tag === 0x04 && rounds?.tag === 0x02 && iv?.tag === 0x04 && data?.tag === 0x04;
  if (!isOurs) return null;
  const [prf] = inside(more.find((part) => part.tag === 0x30));
  const count = parseInt(toHex(rounds.inside), 16);
  const hash = prf ? nameOf(prf) : "SHA-1";
  return count > 0 && count <= ROUNDS_MAX && /^SHA/.test(hash) ? { salt: salt.inside, rounds: count, hash, cipher: nameOf(cipher), iv: iv.inside, data: data.inside } : null;
}

async function decrypted(der, passphrase) {
  const found = pbes2(der);
  if (!found) throw noKey();
  const secret = await crypto.subtle.importKey("raw", new TextEncoder().encode(passphrase), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", salt: found.salt, iterations: found.rounds, hash: found.hash };
  const key = await crypto.subtle.deriveKey(how, secret, { name: "AES-CBC", length: KEY_BYTES[found.cipher] * 8 }, false, ["decrypt"]);
  return crypto.subtle.decrypt({ name: "AES-CBC", iv: found.iv }, key, found.data).then((raw) => new Uint8Array(raw), () => {
    throw wrongPassphrase();
  });
}

/** Whether a file asks for a passphrase. */
export const isEncrypted = (text) => /-----BEGIN ENCRYPTED PRIVATE KEY-----/.test(text);

/** {suite, der} of a key file that the browser can sign with. Stopped KEY_FILE, KEY_PASSPHRASE, KEY_BY_PROGRAM. */
export async function readPkcs8(text, passphrase = "") {
  const [, kind, inner] = /-----BEGIN ((?:ENCRYPTED )?PRIVATE KEY)-----([A-Za-z0-9+/=\s]+)-----END \1-----/.exec(text) || [];
  const raw = inner && fromBase64(inner.replace(/\s/g, ""));
  if (!raw) throw noKey();
  const der = kind.startsWith("ENCRYPTED") ? await decrypted(raw, passphrase) : raw;
  const [version, algorithm] = inside(elements(der)?.[0]);
  const [name, curve] = inside(algorithm);
  if (!version || version.tag !== 0x02 || !name) throw kind.startsWith("ENCRYPTED") ? wrongPassphrase() : noKey();
  const suite = nameOf(name) === "ec" ? { p256: "ecdsa-p256-sha256", sm2: "sm2-sm3" }[nameOf(curve)] : nameOf(name);
  if (suite === "sm2-sm3" || suite === "ml-dsa-44") throw byProgram();
  if (suite !== "ecdsa-p256-sha256" && suite !== "ed25519") throw noKey();
  return { suite, der };
}
