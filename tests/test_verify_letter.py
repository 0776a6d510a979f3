"""The verifier's own Ed25519 answers as RFC 8032 and OpenSSL do, and takes no second spelling (S9)."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from fivestep_web.keys.rules import SMALL_ORDER
from tests.factories.evidence import verifier

# RFC 8032 7.1: public key, message, signature
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
SEEDS = st.binary(min_size=32, max_size=32)


@pytest.mark.parametrize(("key", "message", "value"), VECTORS)
def test_the_vectors_of_the_standard_hold_and_no_neighbour_does(key, message, value):
    data = bytes.fromhex(message)
    assert verifier.is_signature(key, data, value)
    assert not verifier.is_signature(key, data + b"\0", value)
    assert not verifier.is_signature(VECTORS[0][0] if key != VECTORS[0][0] else VECTORS[1][0], data, value)
    for place in range(0, 128, 9):
        changed = value[:place] + ("0" if value[place] != "0" else "1") + value[place + 1 :]
        assert not verifier.is_signature(key, data, changed)


@settings(max_examples=25)
@given(seed=SEEDS, data=st.binary(max_size=200))
def test_what_openssl_signs_holds(seed, data):
    private = Ed25519PrivateKey.from_private_bytes(seed)
    key, value = private.public_key().public_bytes_raw().hex(), private.sign(data).hex()
    assert verifier.is_signature(key, data, value)
    scalar = int.from_bytes(bytes.fromhex(value)[32:], "little") + verifier.ORDER
    if scalar < 2**256:  # the same point, another spelling
        assert not verifier.is_signature(key, data, value[:64] + scalar.to_bytes(32, "little").hex())
    assert not verifier.is_signature(key.upper(), data, value) or key.isdecimal()
    assert not verifier.is_signature(key, data, value.upper()) or value.isdecimal()


@pytest.mark.parametrize("key", sorted(SMALL_ORDER))
def test_a_key_under_which_anybody_signs_is_refused(key):
    forged = "01" + "00" * 31 + "00" * 32  # R the neutral point, S nothing
    signed = bytearray.fromhex(key)
    signed[31] |= 0x80
    for spelled in (key, signed.hex()):
        for number in range(8):
            assert not verifier.is_signature(spelled, bytes([number]), forged)


@pytest.mark.parametrize("key", ["", "0" * 63, "ff" * 32, "02" + "00" * 31, "村" * 64])
def test_what_is_no_point_is_no_key(key):
    assert not verifier.is_signature(key, b"", "00" * 64)


def test_a_wrong_name_or_file_is_refused_with_the_way_out(tmp_path, capsys):
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    for name, why in (("missing.json", "打不开文件"), ("photo.jpg", "不是证据文件")):
        assert verifier.main([str(tmp_path / name)]) == 1
        assert why in capsys.readouterr().err
