// Signed notes of the contest's book: C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof; Ed25519 only.
import { verifyAsync } from "../vendor/noble-ed25519.js";
import { same, sha256 } from "./merkle.js";

const BY_LOG = 1; // kinds of a signature: by the log itself, by a witness that also says when
const BY_WITNESS = 4;
const DASH = "\u2014";
const encode = (text) => new TextEncoder().encode(text);

export function fromBase64(text) {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) throw new Error("no base64");
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  if (toBase64(bytes) !== text) throw new Error("not the one spelling");
  return bytes;
}

export const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));
export const toHex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export function fromHex(text) {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new Error("no hex");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

// name+id+key, as it is published: the id is the beginning of a hash over name and key.
export async function readKey(text) {
  const found = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text);
  if (!found) throw new Error("no key");
  const [, name, id] = found;
  const key = fromBase64(found[3]);
  if (key.length !== 33 || ![BY_LOG, BY_WITNESS].includes(key[0])) throw new Error("a kind of key that is not known");
  const own = (await sha256(encode(name), [10], key)).subarray(0, 4);
  if (toHex(own) !== id) throw new Error("the key's id is wrong");
  return { name, id: own, kind: key[0], bytes: key.subarray(1) };
}

// The text of a note and who signed it. Signatures of others are passed over, as the format asks; a wrong one by a known
// key throws, and so does a note that none of them signed.
export async function openNote(note, keys) {
  const cut = note.lastIndexOf("\n\n");
  if (cut < 0 || !note.endsWith("\n")) throw new Error("no signed note");
  const text = note.slice(0, cut + 1);
  const signers = [];
  for (const line of note.slice(cut + 2, -1).split("\n")) {
    const found = new RegExp(`^${DASH} ([^+\\s]+) (\\S+)$`, "u").exec(line);
    if (!found) throw new Error("a line that is no signature");
    const bytes = fromBase64(found[2]);
    const key = keys.find((one) => one.name === found[1] && same(one.id, bytes.subarray(0, 4)));
    if (key) signers.push(await signedBy(key, bytes.subarray(4), text));
  }
  if (!signers.length) throw new Error("nobody known signed it");
  return { text, signers };
}

async function signedBy(key, signature, text) {
  let [at, message] = [null, encode(text)];
  if (key.kind === BY_WITNESS) {
    if (signature.length !== 72) throw new Error("no cosignature");
    at = Number(new DataView(signature.buffer, signature.byteOffset, 8).getBigUint64(0));
    message = encode(`cosignature/v1\ntime ${at}\n${text}`);
  }
  const right = await verifyAsync(signature.subarray(at === null ? 0 : 8), message, key.bytes, { zip215: false });
  if (!right) throw new Error(`the signature of ${key.name} is wrong`);
  return { name: key.name, kind: key.kind, at };
}

export const byLog = (signer) => signer.kind === BY_LOG;
export const byWitness = (signer) => signer.kind === BY_WITNESS;

export function readCheckpoint(text) {
  const found = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n(\S+)\n/.exec(text);
  if (!found) throw new Error("no head of a book");
  const root = fromBase64(found[3]);
  if (root.length !== 32) throw new Error("a root has 32 bytes");
  return { origin: found[1], size: Number(found[2]), root };
}

export function readProof(text) {
  const found = /^c2sp\.org\/tlog-proof@v1\n(?:extra (\S+)\n)?index (0|[1-9][0-9]{0,15})\n((?:\S+\n)*)\n([\s\S]+)$/.exec(text);
  if (!found) throw new Error("no proof");
  const path = found[3].split("\n").filter(Boolean).map(fromBase64);
  return { opening: found[1] ? fromBase64(found[1]) : null, index: Number(found[2]), path, checkpoint: found[4] };
}
