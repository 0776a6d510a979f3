"""Evidence files with everything in them, the verifier as a module, and what a forger can do to a file."""

import importlib.util
import sys
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from fivestep_web.audit.checkpoints import seal, sign_checkpoint, write_checkpoint
from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.proofs import ProofTree
from fivestep_web.audit.rules import GENESIS, canonical, leaf_hash
from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services as documents
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.extensions import db
from fivestep_web.keys import entry, rules, services
from fivestep_web.responsibility.evidence import file as evidence_file
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.signing import mandates
from tests.factories.accounts import user_with_role
from tests.factories.keys import actor_of, open_key
from tests.factories.queue import run_queue
from tests.factories.responsibility import (
    ADDRESS,
    DAY,
    Department,
    acting,
    draft,
    issue,
    letter_of,
    letter_services,
    sign,
)

PATH = Path(__file__).parents[2] / "tools" / "verify_letter.py"
SECOND_PIN = "夏种冬藏2027"
Fields = dict[str, Any]


def _load() -> Any:
    spec = importlib.util.spec_from_file_location("verify_letter", PATH)
    module = importlib.util.module_from_spec(spec)
    sys.modules["verify_letter"] = module  # its dataclasses look their module up
    spec.loader.exec_module(module)
    return module


verifier = _load()


def sign_as_the_chain(department: Department) -> Letter:
    """Return a member's letter in force: a deputy signed the one above, a second key signed this one."""
    draft()
    upper = letter_of(department.head)
    issue(upper, department.clerk)
    sign(upper, department.head)
    opened = open_key(department.leader)
    with unit_of_work():
        mandates.give(
            acting(department.leader),
            opened,
            deputy_id=department.minister.person_id,
            valid_from=DAY,
            valid_to=DAY,
            reason="外出学习",
        )
    sign(letter_of(department.head), department.minister)
    write_checkpoint(current_app.config["FIVESTEP"].witness_dir)
    key = _second_key(department)
    letter = letter_of(department.members[0])
    issue(letter, department.clerk)
    sign(letter, department.members[0])
    letter_id = letter.id
    with unit_of_work():
        stored = db.session.get(Letter, letter_id)
        shown = letter_services.current_version(stored).content_sha256
        letter_services.sign(acting(department.head), stored, key=key, shown_sha256=shown, address=ADDRESS)
    with unit_of_work():
        documents.file_subject(DocumentKind.RESPONSIBILITY_LETTER, letter_id)
    run_queue()
    return letter_of(department.members[0])


def _second_key(department: Department) -> entry.OpenKey:
    """Give the head, who lost the PIN, a second key that two officers vouched for; return it opened."""
    new = rules.make_key(SECOND_PIN, rules.LIGHT_COSTS)
    with unit_of_work():
        key_id = services.ask_for_key(actor_of(department.head), new, end_old=False).id
    for officer in (user_with_role(Role.HRO), user_with_role(Role.SUP)):
        opened = open_key(officer)
        with unit_of_work():
            services.approve(actor_of(officer), key_id, opened)
    opened = entry.enter(actor_of(department.head), SECOND_PIN, "test")
    db.session.rollback()
    return opened


def evidence_text(department: Department, letter: Letter) -> str:
    return evidence_file.evidence_of(acting(department.clerk), letter.id, letter.version)[1]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each value, of empty lists too."""
    if isinstance(value, dict | list) and value:
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from leaves(value[key], (*path, key))
    else:
        yield path


def containers(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each mapping's field and each list's item."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield (*path, key)
            yield from containers(value[key], (*path, key))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def changed(fields: Fields, path: tuple[Any, ...], new: Any) -> Fields:
    copy = deepcopy(fields)
    at(copy, path[:-1])[path[-1]] = new
    return copy


def without(fields: Fields, path: tuple[Any, ...]) -> Fields:
    copy = deepcopy(fields)
    del at(copy, path[:-1])[path[-1]]
    return copy


def neighbour(value: Any) -> Any:
    """Return another value of the same type, as near as can be."""
    match value:
        case None:
            return "x"
        case bool():
            return not value
        case int():
            return value + 1
        case str() if value:
            last = "0" if value[-1] != "0" else "1"
            return value[:-1] + last
        case str():
            return "x"
    return ["x"]


def spelled(fields: Fields) -> bytes:
    return (canonical(fields) + "\n").encode()


def resealed(fields: Fields) -> bytes:
    """Spell a changed file as its forger would who holds the server, its secret and its database."""
    unsealed = {name: value for name, value in fields.items() if name != "seal"}
    return spelled({**unsealed, "seal": seal(canonical(unsealed))})


def rewritten(fields: Fields, replace: dict[str, str]) -> bytes:
    """Rewrite the whole log and the file alike by *replace*, with fresh proofs, checkpoint and seal."""

    def forge(text: str) -> str:
        for old, new in replace.items():
            text = text.replace(old, new)
        return text

    bodies = db.session.scalars(select(AuditEntry.body).order_by(AuditEntry.sequence)).all()
    forged = [forge(body) for body in bodies]
    tree = ProofTree([leaf_hash(body.encode()) for body in forged])
    copy = deepcopy(fields)
    for item in copy["entries"]:
        item["body"] = forged[item["sequence"] - 1]
        item["proof"] = [step.hex() for step in tree.inclusion(item["sequence"] - 1)]
    copy["checkpoint"] = asdict(sign_checkpoint(tree.size, GENESIS, tree.root().hex(), clock.system_now()))
    copy["earlier"] = []
    for letter in copy["letters"]:
        for signature in letter["signatures"]:
            signature["signed_bytes"] = forge(signature["signed_bytes"])
    return resealed(copy)
