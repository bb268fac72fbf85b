// Lines of the contest's book, what a receipt promises, and what an opening says (docs/design/log.md §2).
import { leafHash, same, sha256 } from "./merkle.js";
import { fromHex, toHex } from "./notes.js";

const PERSONAL = ["join", "first", "again", "move", "void", "restore", "merge", "share", "award"];
const NUMBER = "(?:0|[1-9][0-9]{0,18})";
const LINE = new RegExp(`^(${PERSONAL.join("|")}) (${NUMBER}) ([0-9a-f]{64})$`);
const RESULT = new RegExp(`^([0-9a-f]{32}) (${NUMBER}) (${NUMBER}) (${NUMBER}) (${NUMBER}) (${NUMBER}) (${NUMBER}) ([0-9a-f]{64}) ([0-9a-f]{64})$`);
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's
const encode = (text) => new TextEncoder().encode(text);

// A line about a person; there is one spelling only. Lines about the contest itself are of no concern to a receipt.
export function readLine(line) {
  const found = LINE.exec(line);
  if (!found) throw new Error("no line of the book");
  return { kind: found[1], at: Number(found[2]), commitment: fromHex(found[3]) };
}

export async function shortCode(leaf) {
  let bits = BigInt(`0x${toHex(leaf)}`) >> 196n;
  let code = "";
  for (let i = 0; i < 12; i += 1, bits >>= 5n) code = LETTERS[Number(bits & 31n)] + code;
  return code.match(/.{4}/g).join("-");
}

// What was promised at once: this line, in this book, by then. The signature has been checked by openNote.
export async function readReceipt(text) {
  const found = /^lantoa receipt 1\n([^\n]+)\n([0-9a-f]{64})\n([^\n]+)\nin the log by ([1-9][0-9]*)\n$/.exec(text);
  if (!found) throw new Error("no receipt");
  const [, origin, hex, line, by] = found;
  const leaf = await leafHash(encode(line));
  if (toHex(leaf) !== hex) throw new Error("the receipt's line is another one");
  return { origin, leaf, line: readLine(line), by: Number(by), code: await shortCode(leaf) };
}

// The body that a line commits to, and the line itself: 16 bytes of salt, then the body.
export async function opens(opening, commitment) {
  return same(await sha256(encode("lantoa/entry/1\n"), opening), commitment);
}

export function readResult(opening) {
  const found = RESULT.exec(new TextDecoder().decode(opening.subarray(16)));
  if (!found) return null;
  const [who, attempt, right, of, ms] = [found[1], ...found.slice(2, 6).map(Number)];
  return { who, attempt, right, of, ms };
}
