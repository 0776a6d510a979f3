"""Signed checkpoints: what the log was on a day, kept where the log's keeper cannot reach (trust.md A4)."""

import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fivestep_web.audit import queries
from fivestep_web.audit.keys import derived_key
from fivestep_web.audit.rules import Chain, canonical
from fivestep_web.core import clock
from fivestep_web.core.errors import DomainError

FORMAT = "fivestep-checkpoint-1"
PATTERN = "checkpoint-[0-9]*.json"
SHORT = 16


@dataclass(frozen=True)
class Checkpoint:
    """How long the log was, its last digest and its Merkle root (RFC 6962), signed by the instance."""

    format: str
    size: int
    head: str
    root: str
    at: str
    algorithm: str
    public_key: str
    key_id: str
    signature: str = ""

    def signed_bytes(self) -> bytes:
        """Return what the signature covers: everything else in canonical spelling."""
        fields = asdict(self)
        del fields["signature"]
        return canonical(fields).encode()

    def spelled(self) -> str:
        """Return the one line that is printed and kept."""
        return canonical(asdict(self))

    @property
    def short(self) -> str:
        """Return the check code that the monthly bulletin prints: size and the root's first 16 digits."""
        return f"{self.size}-{self.root[:SHORT]}"


def make_checkpoint(chain: Chain, at: datetime) -> Checkpoint:
    """Sign what *chain* has reached."""
    return sign_checkpoint(chain.size, chain.head, chain.tree.root().hex(), at)


def sign_checkpoint(size: int, head: str, root: str, at: datetime) -> Checkpoint:
    """Sign that the log had *size* entries, this last digest and this root."""
    private = Ed25519PrivateKey.from_private_bytes(derived_key("audit-checkpoint/1"))
    public = private.public_key().public_bytes_raw()
    unsigned = Checkpoint(
        format=FORMAT,
        size=size,
        head=head,
        root=root,
        at=at.isoformat(timespec="seconds"),
        algorithm="Ed25519",
        public_key=public.hex(),
        key_id=sha256(public).hexdigest()[:SHORT],
    )
    fields = asdict(unsigned) | {"signature": private.sign(unsigned.signed_bytes()).hex()}
    return Checkpoint(**fields)


def seal(text: str) -> str:
    """Return the signature of the checkpoint key over a text that names its own format, in hex."""
    private = Ed25519PrivateKey.from_private_bytes(derived_key("audit-checkpoint/1"))
    return private.sign(text.encode()).hex()


def take_checkpoint() -> Checkpoint:
    """Return the signed checkpoint of the whole log as it is; refuse to sign a log that is not whole."""
    chain = Chain()
    for link in queries.read_links():
        fault = chain.take(link)
        if fault is not None:
            raise DomainError(f"操作日志不完整，不能生成检查点：{fault.message}")
    return make_checkpoint(chain, clock.system_now())


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint file and check its signature against this instance's key.

    Raises DomainError naming the file and what is wrong with it.
    """
    try:
        checkpoint = Checkpoint(**json.loads(path.read_text(encoding="utf-8")))
        signature, public = bytes.fromhex(checkpoint.signature), bytes.fromhex(checkpoint.public_key)
    except OSError as error:
        raise DomainError(f"检查点文件 {path} 无法读取：{error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise DomainError(f"检查点文件 {path} 不是检查点，请选择 checkpoint-日期.json") from error
    if checkpoint.format != FORMAT or type(checkpoint.size) is not int:
        raise DomainError(f"检查点文件 {path} 的格式不是 {FORMAT}")
    own = Ed25519PrivateKey.from_private_bytes(derived_key("audit-checkpoint/1")).public_key()
    if own.public_bytes_raw() != public:
        raise DomainError(f"检查点文件 {path} 是用另一把密钥签的，不属于本系统")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, checkpoint.signed_bytes())
    except InvalidSignature as error:
        raise DomainError(f"检查点文件 {path} 的签名不对，内容被改动过") from error
    return checkpoint


def write_checkpoint(folder: Path) -> Path:
    """Write the day's checkpoint to *folder* and return its path; the first one of a day stays."""
    path = folder / f"checkpoint-{clock.system_now().astimezone(clock.ZONE):%Y%m%d}.json"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    write_lines(path, [take_checkpoint().spelled()])
    return path


def find_latest(folder: Path) -> Checkpoint | None:
    """Return the newest checkpoint in *folder* that this instance signed, None when there is none."""
    for path in sorted(folder.glob(PATTERN), reverse=True):
        try:
            return read_checkpoint(path)
        except DomainError:
            continue
    return None


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Put *lines* under *path* whole or not at all, on the disk before this returns.

    Everybody may read the file: a witness in another department needs to, and it holds digests only.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
