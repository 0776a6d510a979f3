"""Uploads that are hashed while they arrive and kept nowhere (trust.md D7)."""

import hashlib
import io
from typing import IO

from flask import Flask, current_app
from htmx_flask.requests import HtmxAwareRequest

HASHED_PATHS = "fivestep_hashed_paths"


class HashedUpload(io.RawIOBase):
    """A sink in the place of a file: it knows the hash and the size of what was written, nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self._hash = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Stay where it is: the parser goes back to the start once a file is whole."""
        del offset, whence
        return 0

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def hexdigest(self) -> str:
        """Return the SHA-256 of everything written."""
        return self._hash.hexdigest()


class HashingRequest(HtmxAwareRequest):  # type: ignore[misc]
    """A request whose files, at the addresses that asked for it, go into a HashedUpload."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self.path in current_app.extensions.get(HASHED_PATHS, ()):
            return HashedUpload()  # type: ignore[return-value]
        stream: IO[bytes] = super()._get_file_stream(
            total_content_length, content_type, filename, content_length
        )
        return stream


def hash_only(app: Flask, path: str) -> None:
    """Let files sent to *path* be hashed and never stored."""
    app.request_class = HashingRequest
    app.extensions.setdefault(HASHED_PATHS, set()).add(path)
