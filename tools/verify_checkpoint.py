"""Check an exported audit log against kept checkpoints, without the system, its database or a network.

    python verify_checkpoint.py LOG.jsonl CHECKPOINT.json [CHECKPOINT.json …] [--key HEX]

LOG.jsonl comes from `fivestep audit export`; checkpoints are the files in FIVESTEP_WITNESS_DIR or the lines
printed by `fivestep audit checkpoint`. Needs Python 3.11 and the package `cryptography`. Every checkpoint's
signature is checked, all must carry one key (*--key* names it, as the paper copy does), and each must be
what the log was at that length: then the later log only added to the earlier one. Exit 0 when all of it
holds, 1 with the first thing that does not.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "fivestep-checkpoint-1"
CHAIN_PREFIX = b"fivestep-audit-1\x00"


class Altered(Exception):  # noqa: N818 - the finding, not a failure of this program
    """Something is not what was signed."""


class Tree:
    """The Merkle root of RFC 6962 over leaves that come one by one."""

    def __init__(self) -> None:
        self.peaks: list[tuple[int, bytes]] = []

    def add(self, data: bytes) -> None:
        height, node = 0, hashlib.sha256(b"\x00" + data).digest()
        while self.peaks and self.peaks[-1][0] == height:
            node = hashlib.sha256(b"\x01" + self.peaks.pop()[1] + node).digest()
            height += 1
        self.peaks.append((height, node))

    def root(self) -> str:
        if not self.peaks:
            return hashlib.sha256(b"").hexdigest()
        node = self.peaks[-1][1]
        for _height, left in reversed(self.peaks[:-1]):
            node = hashlib.sha256(b"\x01" + left + node).digest()
        return node.hex()


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Return a checkpoint whose signature holds."""
    try:
        fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        signature = bytes.fromhex(fields["signature"])
        key = bytes.fromhex(fields["public_key"])
        unsigned = {name: value for name, value in fields.items() if name != "signature"}
        signed = json.dumps(unsigned, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
        is_known = (fields["format"], fields["algorithm"]) == (FORMAT, "Ed25519")
        is_known = is_known and fields["key_id"] == hashlib.sha256(key).hexdigest()[:16]
    except (ValueError, KeyError, TypeError) as error:
        raise Altered(f"{path}：不是检查点文件") from error
    except InvalidSignature as error:
        raise Altered(f"{path}：签名不对，内容被改动过") from error
    if not is_known:
        raise Altered(f"{path}：格式、算法或密钥编号不对")
    return fields


def check_keys(checkpoints: list[dict[str, Any]], key: str | None) -> None:
    """Demand one key for all, and the named one where it is named."""
    keys = {checkpoint["key_id"] for checkpoint in checkpoints} | ({key} if key else set())
    if len(keys) > 1:
        raise Altered(f"检查点出自不同的密钥：{'、'.join(sorted(keys))}")


def check_log(path: Path, checkpoints: list[dict[str, Any]]) -> int:
    """Walk the chain once, compare it with every checkpoint on the way, return its length."""
    waiting = sorted(checkpoints, key=lambda checkpoint: checkpoint["size"])
    tree, head, size = Tree(), "0" * 64, 0
    compare(waiting, size, head, tree)
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            entry, expected = json.loads(line), size + 1
            body = entry["body"].encode()
            digest = hashlib.sha256(CHAIN_PREFIX + head.encode() + b"\x00" + body).hexdigest()
            if entry["sequence"] != expected or json.loads(body)["sequence"] != expected:
                raise Altered(f"第 {expected} 条记录缺失或序号不对")
            if entry["previous"] != head or entry["digest"] != digest:
                raise Altered(f"第 {expected} 条记录被改动或与前一条衔接不上")
            tree.add(body)
            head, size = digest, expected
            compare(waiting, size, head, tree)
    if waiting:
        raise Altered(
            f"日志只有 {size} 条，{waiting[0]['at']} 的检查点有 {waiting[0]['size']} 条：末尾被截去"
        )
    return size


def compare(waiting: list[dict[str, Any]], size: int, head: str, tree: Tree) -> None:
    """Take the checkpoints of this length off the list when they agree."""
    while waiting and waiting[0]["size"] == size:
        checkpoint = waiting.pop(0)
        if checkpoint["head"] != head or checkpoint["root"] != tree.root():
            raise Altered(f"前 {size} 条记录与 {checkpoint['at']} 的检查点不符：日志被改写")


def main(arguments: list[str]) -> int:
    """Print the finding; 0 when everything holds."""
    parser = argparse.ArgumentParser(description="脱离系统核对导出的操作日志和检查点")
    parser.add_argument("log", type=Path, metavar="LOG.jsonl")
    parser.add_argument("checkpoints", type=Path, nargs="+", metavar="CHECKPOINT.json")
    parser.add_argument("--key", help="应有的密钥编号（纸质检查点上印的 16 位）")
    wanted = parser.parse_args(arguments)
    try:
        checkpoints = [read_checkpoint(path) for path in wanted.checkpoints]
        check_keys(checkpoints, wanted.key)
        size = check_log(wanted.log, checkpoints)
    except Altered as finding:
        print(f"不通过：{finding}", file=sys.stderr)
        return 1
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"不通过：{wanted.log} 无法读取或不是导出的日志（{error}）", file=sys.stderr)
        return 1
    print(f"通过：日志 {size} 条，与 {len(checkpoints)} 个检查点一致")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
