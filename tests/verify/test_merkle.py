"""The tree against RFC 9162's own definition, the reference roots, transparency-dev's probes and our vectors."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantoa_verify import tiles
from lantoa_verify.merkle import EMPTY, BadProof, Edge, leaf_hash, node_hash, root, verify_consistency, verify_inclusion

DATA = Path(__file__).parent / "data"
VECTORS = json.loads((DATA / "log_vectors.json").read_text(encoding="utf-8"))["merkle"]
PROBES = json.loads((DATA / "merkle_probes.json").read_text(encoding="utf-8"))["probes"]
LEAVES = [leaf_hash(bytes.fromhex(one)) for one in VECTORS["inputs_hex"]]
REFERENCE_ROOTS = [bytes.fromhex(one) for one in VECTORS["roots_hex"]]


class Tree:
    """A whole tree in memory, written and read as tiles."""

    def __init__(self):
        self.size, self.tiles = 0, {}

    def append(self, leaves):
        self.tiles |= tiles.extend(self.read, self.size, leaves)
        self.size += len(leaves)

    def read(self, level, number):
        return self.tiles[level, number]


def decimal(low, high):
    return [leaf_hash(b"%d" % number) for number in range(low, high)]


@pytest.fixture(scope="module")
def large():
    tree = Tree()
    for low in range(0, 70_000, 3_333):
        tree.append(decimal(low, min(low + 3_333, 70_000)))
    return tree


def defined(leaves):
    """The root as RFC 9162 §2.1.1 defines it, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(defined(leaves[:k]), defined(leaves[k:]))


def test_the_reference_tree_has_its_nine_roots():
    tree, edge = Tree(), Edge()
    for size, expected in enumerate(REFERENCE_ROOTS):
        assert root(LEAVES[:size]) == edge.root() == tiles.root_at(tree.read, size) == expected
        for leaf in LEAVES[size : size + 1]:
            tree.append([leaf])
            edge.append(leaf)
    assert REFERENCE_ROOTS[0] == EMPTY


def test_the_published_paths_come_out():
    tree = Tree()
    tree.append(LEAVES)
    for one in VECTORS["inclusion"]:
        assert [part.hex() for part in tiles.inclusion_proof(tree.read, one["index"], one["size"])] == one["path"]
    for one in VECTORS["consistency"]:
        assert [part.hex() for part in tiles.consistency_proof(tree.read, one["first"], one["second"])] == one["path"]


def test_the_published_large_roots_and_tiles_come_out(large):
    for size, expected in VECTORS["decimal_leaves"]["roots"].items():
        assert tiles.root_at(large.read, int(size)).hex() == expected
    paths = {tiles.tile_path(*one): one for one in tiles.widths(70_000)}
    for path, expected in VECTORS["decimal_leaves"]["tile_sha256"].items():
        level, number, width = paths[path]
        assert hashlib.sha256(large.read(level, number)[: width * 32]).hexdigest() == expected


def test_the_tiles_of_seventy_thousand_entries_are_those_that_the_specification_counts(large):
    found = list(tiles.widths(70_000))
    full = [sum(one[0] == level and one[2] == 256 for one in found) for level in range(3)]
    assert (full, [one for one in found if one[2] < 256]) == ([273, 1, 0], [(0, 273, 112), (1, 1, 17), (2, 0, 1)])
    assert {(level, number): len(data) // 32 for (level, number), data in large.tiles.items()} == {
        (level, number): width for level, number, width in found
    }
    assert tiles.tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tiles.entries_path(273, 112) == "tile/entries/273.p/112"


def test_every_small_tree_agrees_with_the_definition_and_proves_everything():
    leaves = decimal(0, 70)
    tree = Tree()
    tree.append(leaves)
    for size in range(71):
        assert tiles.root_at(tree.read, size) == defined(leaves[:size])
        for place in range(size):
            path = tiles.inclusion_proof(tree.read, place, size)
            verify_inclusion(leaves[place], place, size, path, defined(leaves[:size]))
            path = tiles.consistency_proof(tree.read, place + 1, size)
            verify_consistency(place + 1, size, defined(leaves[: place + 1]), defined(leaves[:size]), path)


@settings(max_examples=150)
@given(st.integers(1, 70_000), st.data())
def test_proofs_over_three_levels_of_tiles_hold_and_altered_ones_do_not(large, size, data):
    index = data.draw(st.integers(0, size - 1))
    head, leaf = tiles.root_at(large.read, size), leaf_hash(b"%d" % index)
    path = tiles.inclusion_proof(large.read, index, size)
    verify_inclusion(leaf, index, size, path, head)
    earlier = tiles.root_at(large.read, index + 1)
    longer = tiles.consistency_proof(large.read, index + 1, size)
    verify_consistency(index + 1, size, earlier, head, longer)
    if path:
        place = data.draw(st.integers(0, len(path) - 1))
        wrong = [*path[:place], bytes([path[place][0] ^ 1]) + path[place][1:], *path[place + 1 :]]
        for bad in (wrong, path[:-1], [*path, path[-1]]):
            with pytest.raises(BadProof):
                verify_inclusion(leaf, index, size, bad, head)
    with pytest.raises(BadProof):
        verify_consistency(index + 1, size, earlier, head, [*longer, head])


@given(st.integers(1, 2_000), st.integers(0, 2_000))
def test_the_edge_goes_on_from_its_stored_parts(large, size, more):
    parts = tiles.edge_parts(large.read, size)
    edge = Edge(size, parts)
    assert edge.root() == tiles.root_at(large.read, size)
    for leaf in decimal(size, size + more):
        edge.append(leaf)
    assert edge.root() == tiles.root_at(large.read, size + more)
    assert list(edge.parts) == tiles.edge_parts(large.read, size + more)
    with pytest.raises(ValueError):
        Edge(size, [*parts, parts[0]])


def _bytes(text):
    return base64.b64decode(text or "")


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe["probe"])
def test_the_probes_of_transparency_dev(probe):
    path = [_bytes(part) for part in probe["proof"] or []]
    try:
        if "leafIdx" in probe:
            leaf, head = _bytes(probe["leafHash"]), _bytes(probe["root"])
            verify_inclusion(leaf, probe["leafIdx"], probe["treeSize"], path, head)
        else:
            roots = _bytes(probe["root1"]), _bytes(probe["root2"])
            verify_consistency(probe["size1"], probe["size2"], *roots, path)
    except BadProof:
        assert probe["wantErr"]
    else:
        assert not probe["wantErr"]


def test_there_are_all_the_probes():
    assert sorted(probe["probe"].split("/")[0] for probe in PROBES) == ["consistency"] * 98 + ["inclusion"] * 98


def test_a_proof_that_nothing_needs_is_not_made(large):
    assert tiles.consistency_proof(large.read, 0, 9) == tiles.consistency_proof(large.read, 9, 9) == []
    for wrong in (
        lambda: tiles.inclusion_proof(large.read, 9, 9),
        lambda: tiles.consistency_proof(large.read, 10, 9),
        lambda: tiles.root_at(large.read, 70_001),
    ):
        with pytest.raises(ValueError):
            wrong()
