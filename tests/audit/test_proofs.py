"""Inclusion and consistency proofs of RFC 6962, by the stand-alone verifier's own reading of them."""

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.audit import queries
from fivestep_web.audit.proofs import ProofTree, prove
from fivestep_web.audit.rules import leaf_hash, merkle_root
from fivestep_web.core.errors import DomainError
from tests.audit.test_chain import append_behind_the_system, write

PATH = Path(__file__).parents[2] / "tools" / "verify_letter.py"
SPEC = importlib.util.spec_from_file_location("verify_letter", PATH)
verifier = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(verifier)

# RFC 6962's own test data, as certificate-transparency prints it: eight leaves
DATA = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
LEAVES = [leaf_hash(item) for item in DATA]
SIZES = st.integers(1, 70)


def leaves(count):
    return [leaf_hash(str(number).encode()) for number in range(count)]


def hexes(proof):
    return [item.hex() for item in proof]


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    ],
)  # fmt: skip
def test_paths_are_those_of_the_published_vectors(index, size, path):
    assert hexes(ProofTree(LEAVES[:size]).inclusion(index)) == path


@given(size=SIZES, data=st.data())
def test_every_leaf_has_a_path_that_leads_to_the_root(size, data):
    tree, index = ProofTree(leaves(size)), data.draw(st.integers(0, size - 1))
    assert tree.root() == merkle_root(leaves(size))
    proof = hexes(tree.inclusion(index))

    def leads(number, leaf, path):
        return verifier.follows(lambda p: verifier.included(number, size, leaf, p), path, tree.root())

    leaf = leaves(size)[index]
    assert leads(index, leaf, proof)
    assert not leads(index, leaf_hash(b"other"), proof)
    assert not leads(index, leaf, [*proof, "00" * 32])
    assert not proof or not leads(index, leaf, proof[:-1])
    other = data.draw(st.integers(0, size - 1))
    assert other == index or not leads(other, leaf, proof)


@given(size=SIZES, data=st.data())
def test_a_longer_log_is_proven_to_begin_with_the_shorter_one(size, data):
    before = data.draw(st.integers(1, size))
    tree, old = ProofTree(leaves(size)), merkle_root(leaves(before))
    proof = hexes(tree.consistency(before))
    assert tree.root_of(before) == old

    def agrees(root, path):
        return verifier.follows(lambda p: verifier.grown(before, size, root, p), path, (root, tree.root()))

    assert agrees(old, proof)
    assert not agrees(leaf_hash(b"rewritten"), proof)
    assert not agrees(old, [*proof, "00" * 32])
    assert not proof or not agrees(old, proof[:-1])


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_path_for_a_leaf_that_is_not_there(index):
    with pytest.raises(ValueError, match="no such leaf"):
        ProofTree(leaves(3)).inclusion(index)


@pytest.mark.parametrize("size", [0, 4])
def test_there_is_no_proof_for_a_length_the_log_never_had(size):
    with pytest.raises(ValueError, match="no such length"):
        ProofTree(leaves(3)).consistency(size)
    with pytest.raises(ValueError, match="no such length"):
        ProofTree(leaves(3)).root_of(size)
    with pytest.raises(ValueError, match="no leaves"):
        ProofTree([]).root()


def test_no_proof_is_given_of_what_is_not_in_the_log(db):
    with pytest.raises(DomainError, match="不完整"):
        prove([])
    write(3)
    assert sorted(prove([1, 3]).bodies) == [1, 3]
    with pytest.raises(DomainError, match="不完整"):
        prove([3, 4])


def test_no_proof_is_given_over_entries_put_behind_the_mark(db):
    write()
    append_behind_the_system([*queries.read_links()])
    with pytest.raises(DomainError, match="不完整"):
        prove([1])
