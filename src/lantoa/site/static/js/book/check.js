// The book's page, on the reader's own machine: is the newest head signed, does it go on from the one that this device
// saw before, and does a receipt's line stand in it? Nothing is believed that is not worked out here.
import { opens, readLine, readResult } from "./entries.js";
import { consistencyPath, isConsistent, leafHash, reader, rootOf, rootOfInclusion, same, tilePath } from "./merkle.js";
import { byLog, byWitness, fromBase64, openNote, readCheckpoint, readKey, readProof, toBase64 } from "./notes.js";

const WIDTH = 256; // lines a file
const LONGEST = 20_000; // characters of a receipt
const card = document.querySelector("[data-own-check]");
const words = card.querySelector("[data-words]").dataset;
const base = new URL(card.dataset.base, location.href);

class Unreachable extends Error {}

async function file(path, cache = "default") {
  const answer = await fetch(new URL(path, base), { cache }).catch(() => null);
  if (!answer?.ok) throw new Unreachable(path);
  return new Uint8Array(await answer.arrayBuffer());
}

const text = async (path) => new TextDecoder().decode(await file(path, "no-cache"));

function say(list, right, word, values = {}) {
  const item = card.querySelector(right ? "[data-right]" : "[data-wrong]").content.cloneNode(true);
  const place = item.querySelector("span, strong");
  const number = new Intl.NumberFormat(document.documentElement.lang);
  place.textContent = words[word].replace(/{(\w+)}/g, (_, name) => number.format(values[name]));
  card.querySelector(`[data-${list}]`).append(item);
}

// The keys that the log's policy names: of the log itself and of its witnesses.
async function keysOf(policy) {
  const rows = policy.split("\n").map((row) => row.trim().split(/\s+/));
  const named = rows.flatMap(([what, ...rest]) => (what === "log" ? [rest[0]] : what === "witness" ? [rest[1]] : []));
  return Promise.all(named.map(readKey));
}

async function openHead(note, keys) {
  const { text: said, signers } = await openNote(note, keys);
  const head = readCheckpoint(said);
  if (!signers.some((one) => byLog(one) && one.name === head.origin)) throw new Error("the log has not signed");
  return { ...head, witnesses: new Set(signers.filter(byWitness).map((one) => one.name)).size };
}

const hashes = (size) => reader(size, (path) => file(path));

// What this device saw last; a head that does not go on from it is the one thing that a log cannot talk away.
async function compare(head) {
  const place = `so/${head.origin}`;
  const seen = JSON.parse(localStorage.getItem(place) ?? "null");
  if (seen) {
    const [old, right] = [fromBase64(seen.root), head.size >= seen.size];
    const goesOn = right && (await follows(seen.size, old, head));
    say("book", goesOn, goesOn ? "continued" : "broken", { n: seen.size });
    if (!goesOn) return;
  } else {
    say("book", true, "noticed");
  }
  localStorage.setItem(place, JSON.stringify({ size: head.size, root: toBase64(head.root) }));
}

async function follows(size, old, head) {
  if (size === head.size) return same(old, head.root);
  const hash = hashes(head.size);
  if (!same(await rootOf(head.size, hash), head.root)) return false;
  return isConsistent(size, head.size, old, head.root, await consistencyPath(size, head.size, hash));
}

async function lineAt(index, size) {
  const number = Math.floor(index / WIDTH);
  const name = tilePath("entries", number, Math.min(WIDTH, size - number * WIDTH));
  const bundle = await file(name);
  let at = 0;
  for (let skip = index % WIDTH; skip > 0; skip -= 1) at += 2 + bundle[at] * 256 + bundle[at + 1];
  return bundle.subarray(at + 2, at + 2 + bundle[at] * 256 + bundle[at + 1]);
}

async function checkProof(said, keys, newest) {
  const proof = readProof(said);
  const head = await openHead(proof.checkpoint, keys);
  if (head.origin !== newest.origin) throw new Error("another book");
  const line = await lineAt(proof.index, newest.size);
  const root = await rootOfInclusion(proof.index, head.size, await leafHash(line), proof.path);
  if (!same(root, head.root)) throw new Error("the line is not in the book");
  say("receipt", true, "inside", { n: proof.index });
  if (!proof.opening) return say("receipt", true, "closed");
  const { commitment } = readLine(new TextDecoder().decode(line));
  if (!(await opens(proof.opening, commitment))) throw new Error("the opening is another one's");
  const result = readResult(proof.opening);
  say("receipt", true, result ? "opened" : "matching", result ?? {});
}

async function checkFile(chosen, keys, newest) {
  card.querySelector("[data-receipt]").replaceChildren();
  const said = (await chosen.text()).replaceAll("\r\n", "\n");
  if (said.startsWith("lantoa receipt 1\n")) return say("receipt", false, "promise");
  try {
    if (said.length > LONGEST) throw new Error("too long");
    await checkProof(said, keys, newest);
  } catch (problem) {
    say("receipt", false, problem instanceof Unreachable ? "unreachable" : "forged");
  }
}

async function begin() {
  const keys = await keysOf(await text("policy"));
  const head = await openHead(await text("checkpoint"), keys);
  say("book", true, "signed", { n: head.size });
  if (head.witnesses) say("book", true, "witnessed", { n: head.witnesses });
  await compare(head);
  const field = card.querySelector("input[type=file]");
  field.addEventListener("change", () => field.files[0] && checkFile(field.files[0], keys, head));
}

// Without a secure connection a browser has no hashes: the page then keeps to the server's own check.
if (globalThis.crypto?.subtle) {
  card.hidden = false;
  begin().catch((problem) => say("book", false, problem instanceof Unreachable ? "unreachable" : "unsigned"));
}
