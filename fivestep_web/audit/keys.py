"""Keys for one purpose each, derived from the instance secret."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

KEY_BYTES = 32


def derived_key(purpose: str) -> bytes:
    """Return the 32 bytes of *purpose* alone (HKDF-SHA256); knowing one key tells nothing of another."""
    secret: str = current_app.config["FIVESTEP"].secret_key
    derivation = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"fivestep/{purpose}".encode())
    return derivation.derive(secret.encode())
