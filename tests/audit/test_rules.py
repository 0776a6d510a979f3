"""The canonical spelling and the Merkle root, against fixed vectors (trust.md A6, RFC 6962)."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.audit import rules

AT = datetime(2026, 3, 31, 1, 30, tzinfo=UTC)

# made once by hand and kept: a new Python or a changed encoder must not move them
GOLDEN = [
    ({"b": 1, "a": None}, '{"a":null,"b":1}'),
    ({"名": "责任书\n伪造行"}, '{"\\u540d":"\\u8d23\\u4efb\\u4e66\\n\\u4f2a\\u9020\\u884c"}'),
    ("\x1b[31m红\x1b[0m", '"\\u001b[31m\\u7ea2\\u001b[0m"'),
    ("𠮷", '"\\ud842\\udfb7"'),
    ("e\u0301", '"\\u00e9"'),
    (True, "true"),
    (10**30, "1" + "0" * 30),
    (Decimal("1E+3"), '"1000"'),
    (Decimal("90.120"), '"90.120"'),
    (date(2026, 3, 31), '"2026-03-31"'),
    (AT, '"2026-03-31T01:30:00.000000+00:00"'),
    (b"\x00\xff", '"00ff"'),
    ((1, [2, {3}]), "[1,[2,[3]]]"),
    ({2: "二"}, '{"2":"\\u4e8c"}'),
]


@pytest.mark.parametrize(("value", "spelling"), GOLDEN)
def test_the_canonical_spelling_is_fixed(value, spelling):
    assert rules.canonical(value) == spelling


def test_the_digest_of_an_entry_is_fixed():
    assert (
        rules.chain_digest(rules.GENESIS, '{"sequence":1}')
        == hashlib.sha256(b"fivestep-audit-1\x00" + b"0" * 64 + b'\x00{"sequence":1}').hexdigest()
    )
    assert rules.sha256_of({"a": 1}) == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


def test_one_moment_has_one_spelling_in_every_zone():
    assert rules.canonical(AT.astimezone(timezone(timedelta(hours=8)))) == rules.canonical(AT)


@pytest.mark.parametrize("value", [1.5, float("nan"), object(), datetime(2026, 1, 1)])  # noqa: DTZ001
def test_what_could_be_spelled_two_ways_is_refused(value):
    with pytest.raises(TypeError):
        rules.canonical({"x": value})


@pytest.mark.parametrize("value", [{1: "a", "1": "b"}, {"é": 1, "e\u0301": 2}])
def test_two_keys_never_become_one(value):
    with pytest.raises(ValueError, match="one spelling"):
        rules.canonical(value)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc甲", max_size=3), inner),
    max_leaves=12,
)


@given(values)
def test_a_spelling_is_one_line_of_ascii_and_reads_back_to_itself(value):
    spelled = rules.canonical(value)
    assert spelled.isascii()
    assert "\n" not in spelled
    assert rules.canonical(json.loads(spelled)) == spelled


@given(st.dictionaries(st.text("abcdef", max_size=3), st.integers(), min_size=2))
def test_the_order_of_keys_does_not_matter(value):
    assert rules.canonical(dict(reversed(value.items()))) == rules.canonical(value)


# the leaves and roots of RFC 6962's reference implementation (certificate-transparency, merkle_tree_test)
LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_rfc_6962(size):
    expected = ROOTS[size - 1] if size else hashlib.sha256(b"").hexdigest()
    tree = rules.MerkleTree()
    for leaf in LEAVES[:size]:
        tree.add(leaf)
    assert tree.root().hex() == expected
    assert rules.merkle_root([rules.leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == expected


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_both_ways_to_the_root_agree(leaves):
    tree = rules.MerkleTree()
    for leaf in leaves:
        tree.add(leaf)
    assert tree.root() == rules.merkle_root([rules.leaf_hash(leaf) for leaf in leaves])


def chain(count):
    previous, links = rules.GENESIS, []
    for number in range(1, count + 1):
        at = AT + timedelta(seconds=number)
        body = rules.canonical(
            {"sequence": number, "at": at, "user": number, "action": "a.b", "subject": f"thing:{number}"}
        )
        digest = rules.chain_digest(previous, body)
        links.append(rules.Link(number, at, number, "a.b", f"thing:{number}", body, previous, digest))
        previous = digest
    return links


FIELDS = ("sequence", "at", "user_id", "action", "subject", "body", "previous", "digest")


def altered(value):
    match value:
        case int():
            return value + 1
        case datetime():
            return value - timedelta(seconds=5)
    return ("1" if value[0] != "1" else "2") + value[1:]


@given(st.integers(1, 12), st.data())
def test_changing_any_field_of_any_entry_is_found(count, data):
    links = chain(count)
    assert rules.first_fault(links) is None
    at = data.draw(st.integers(0, count - 1))
    name = data.draw(st.sampled_from(FIELDS))
    links[at] = rules.Link(**(vars(links[at]) | {name: altered(getattr(links[at], name))}))
    fault = rules.first_fault(links)
    assert fault is not None
    assert fault.sequence == at + 1


@given(st.permutations(range(6)))
def test_any_other_order_is_found(order):
    links = chain(6)
    assert (rules.first_fault([links[i] for i in order]) is None) == (order == [*range(6)])
