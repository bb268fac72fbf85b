// The tree of the contest's book: RFC 9162 §2.1, over WebCrypto's SHA-256. Sizes and indexes are Numbers below 2^53.

export async function sha256(...parts) {
  const whole = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}

export const leafHash = (line) => sha256([0], line);
export const nodeHash = (left, right) => sha256([1], left, right);
export const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

const half = (n) => Math.floor(n / 2);
const odd = (n) => n % 2 === 1;

function hashesOnly(path) {
  if (path.some((hash) => hash.length !== 32)) throw new Error("a hash has 32 bytes");
}

// The root that a leaf and its path lead to (RFC 9162 §2.1.3.2); throws when the path does not fit the size.
export async function rootOfInclusion(index, size, leaf, path) {
  hashesOnly([leaf, ...path]);
  if (!(index >= 0 && index < size)) throw new Error("no such leaf");
  let [place, last, root] = [index, size - 1, leaf];
  for (const step of path) {
    if (last === 0) throw new Error("the path is too long");
    if (odd(place) || place === last) {
      root = await nodeHash(step, root);
      while (!odd(place) && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      root = await nodeHash(root, step);
    }
    [place, last] = [half(place), half(last)];
  }
  if (last !== 0) throw new Error("the path is too short");
  return root;
}

// Whether the tree of `second` begins with the tree of `first` (RFC 9162 §2.1.4.2).
export async function isConsistent(first, second, oldRoot, newRoot, path) {
  if (!(first >= 1 && first <= second)) return false;
  if (first === second) return path.length === 0 && same(oldRoot, newRoot);
  hashesOnly([oldRoot, newRoot, ...path]);
  const steps = Math.log2(first) % 1 === 0 ? [oldRoot, ...path] : [...path];
  if (!steps.length || !path.length) return false;
  let [place, last] = [first - 1, second - 1];
  while (odd(place)) [place, last] = [half(place), half(last)];
  let [before, after] = [steps[0], steps[0]];
  for (const step of steps.slice(1)) {
    if (last === 0) return false;
    if (odd(place) || place === last) {
      before = await nodeHash(step, before);
      after = await nodeHash(step, after);
      while (!odd(place) && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      after = await nodeHash(after, step);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && same(before, oldRoot) && same(after, newRoot);
}

// ── Tiles (C2SP tlog-tiles): 256 hashes a file, level L over leaves of 256^L ───────────────────────────────

const WIDTH = 256;

export function tilePath(level, number, width) {
  const groups = [];
  for (let rest = number, first = true; first || rest > 0; rest = Math.floor(rest / 1000), first = false) {
    groups.unshift((groups.length ? "x" : "") + String(rest % 1000).padStart(3, "0"));
  }
  return `tile/${level}/${groups.join("/")}${width < WIDTH ? `.p/${width}` : ""}`;
}

// A reader of the hashes of whole subtrees: `hash(level, index)` covers the leaves index·2^level … of a tree of `size`.
// Every tile is asked for once; what it says is believed only where it leads to a signed root.
export function reader(size, fetchTile) {
  const tiles = new Map();
  const tile = (level, number) => {
    const width = Math.min(WIDTH, Math.floor(size / WIDTH ** level) - number * WIDTH);
    const path = tilePath(level, number, width);
    if (!tiles.has(path)) tiles.set(path, fetchTile(path));
    return tiles.get(path);
  };
  return async function hash(level, index) {
    const [of, within] = [Math.floor(level / 8), level % 8];
    const start = index * 2 ** within;
    const data = await tile(of, Math.floor(start / WIDTH));
    const first = start % WIDTH;
    let row = [];
    for (let i = first; i < first + 2 ** within; i += 1) row.push(data.subarray(i * 32, i * 32 + 32));
    hashesOnly(row);
    while (row.length > 1) {
      const above = [];
      for (let i = 0; i < row.length; i += 2) above.push(await nodeHash(row[i], row[i + 1]));
      row = above;
    }
    return row[0];
  };
}

// The whole subtrees that make up the leaves from `start` to `end`, from the left.
function subtrees(start, end) {
  const found = [];
  for (let at = start; at < end; ) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level += 1;
    found.push([level, at / 2 ** level]);
    at += 2 ** level;
  }
  return found;
}

async function hashOf(start, end, hash) {
  const parts = await Promise.all(subtrees(start, end).map(([level, index]) => hash(level, index)));
  let root = parts.pop();
  while (parts.length) root = await nodeHash(parts.pop(), root);
  return root;
}

export const rootOf = (size, hash) => hashOf(0, size, hash);

// The path that shows that the tree of `first` begins the tree of `second` (RFC 9162 §2.1.4.1), for isConsistent.
export async function consistencyPath(first, second, hash) {
  const path = [];
  let [start, end, whole] = [0, second, true];
  while (start + first !== end) {
    let split = 1;
    while (split * 2 < end - start) split *= 2;
    if (first <= split) {
      path.unshift(await hashOf(start + split, end, hash));
      end = start + split;
    } else {
      path.unshift(await hashOf(start, start + split, hash));
      [start, first, whole] = [start + split, first - split, false];
    }
  }
  return whole ? path : [await hashOf(start, end, hash), ...path];
}
