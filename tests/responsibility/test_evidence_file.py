"""The evidence file of a letter: genuine passes, anything altered fails (trust.md S5, S7)."""

import hashlib
import json
import subprocess
import sys
from dataclasses import replace

import pytest
from flask import current_app
from sqlalchemy import select

from fivestep_web.audit.checkpoints import take_checkpoint
from fivestep_web.audit.rules import canonical, sha256_of
from fivestep_web.documents.models import Blob, GeneratedDocument
from fivestep_web.extensions import db
from fivestep_web.responsibility.evidence import file as evidence_file
from tests.factories.evidence import (
    PATH,
    at,
    changed,
    containers,
    evidence_text,
    leaves,
    neighbour,
    resealed,
    rewritten,
    sign_as_the_chain,
    spelled,
    verifier,
    without,
)
from tests.factories.responsibility import acting, bring_into_force, draft, issue, letter_of, sign
from tests.web import get

POSITIONS = 400


@pytest.fixture
def letter(app, department, monkeypatch, tmp_path):
    """Return a letter in force whose log a witness of its own keeps checkpoints of."""
    config = replace(app.config["FIVESTEP"], witness_dir=tmp_path / "witness")
    monkeypatch.setitem(app.config, "FIVESTEP", config)
    return sign_as_the_chain(department)


@pytest.fixture
def text(department, letter):
    return evidence_text(department, letter)


@pytest.fixture
def fields(text):
    return json.loads(text)


def altered(fields, path):
    return changed(fields, path, neighbour(at(fields, path)))


def finding(data: bytes) -> str:
    """Return what the verifier finds wrong, empty when nothing."""
    try:
        verifier.check(data)
    except verifier.Altered as altered:
        return str(altered)
    return ""


def test_a_genuine_file_passes_and_says_who_signed_in_which_post_when_and_with_which_key(department, text):
    said = "\n".join(verifier.check(text.encode()).said)
    upper, lower = letter_of(department.head), letter_of(department.members[0])
    assert f"{lower.number} 第 1 版：上级责任书是 {upper.number}，正文相符" in said
    assert f"（代，受{department.leader.person.name}委托）" in said
    for user in (department.head, department.minister, department.members[0]):
        assert f"{user.person.name}，2026-01-12 10:00" in said
    fields = json.loads(text)
    assert len(fields["keys"]) == 7
    assert [len(key["approvals"]) for key in fields["keys"]].count(2) == 1
    assert len(fields["documents"]) == len(fields["mandates"]) == len(fields["earlier"]) == 1


def test_a_letter_at_the_top_has_evidence_of_one_letter(department):
    draft()
    own, other = department.secretary, department.minister
    bring_into_force(letter_of(own), department.clerk, own, other)
    data = evidence_text(department, letter_of(own)).encode()
    assert finding(data) == ""
    assert len(json.loads(data)["letters"]) == 1


def test_each_altered_byte_of_a_sample_spread_over_the_file_fails(text):
    data = text.encode()
    step = max(1, len(data) // POSITIONS)
    places = [*range(0, len(data), step), len(data) - 2, len(data) - 1]
    assert len(places) >= POSITIONS
    passed = []
    for number, place in enumerate(places):
        flipped = data[place] ^ (1 << number % 7)
        if not finding(data[:place] + bytes([flipped]) + data[place + 1 :]):
            passed.append(place)
    assert passed == []
    assert all(finding(cut) for cut in (b"", data[:-1], data[1:], data + b"\n", data[: len(data) // 2]))


def test_every_changed_field_fails_though_spelled_as_the_system_spells(fields):
    paths = list(leaves(fields))
    assert len(paths) > 200
    assert [path for path in paths if not finding(spelled(altered(fields, path)))] == []


def test_every_changed_field_fails_though_the_server_seals_it_anew(fields):
    paths = [path for path in leaves(fields) if path != ("seal",)]
    assert [path for path in paths if not finding(resealed(altered(fields, path)))] == []


def is_beside_the_proof(fields, path):
    """Say whether the signatures are proven without it: an earlier checkpoint, a Word file, a key's end.

    Only the seal binds those; that nothing else was logged, no file but the whole log can show.
    """
    if path[0] == "entries" and len(path) == 2:
        return json.loads(at(fields, path)["body"])["action"] == "key.ended"
    return path[0] == "seal" or (path[0] in {"earlier", "documents"} and len(path) == 2)


def test_every_field_taken_out_or_put_in_fails_though_the_server_seals_it_anew(fields):
    proving = [path for path in containers(fields) if not is_beside_the_proof(fields, path)]
    assert [path for path in proving if not finding(resealed(without(fields, path)))] == []
    every = [path for path in containers(fields) if len(path) == 2]
    assert [path for path in every if not finding(spelled(without(fields, path)))] == []
    mappings = [path for path in [(), *containers(fields)] if isinstance(at(fields, path), dict)]
    assert [path for path in mappings if not finding(resealed(changed(fields, (*path, "more"), 1)))] == []


def test_every_changed_word_of_a_signed_statement_fails_though_sealed_anew(fields):
    passed = []
    for path in containers(fields):
        if path[-1] != "signed_bytes":
            continue
        said = json.loads(at(fields, path))
        for leaf in leaves(said):
            forged = canonical(changed(said, leaf, neighbour(at(said, leaf))))
            if not finding(resealed(changed(fields, path, forged))):
                passed.append((path, leaf))
    assert passed == []


def test_who_rewrites_text_log_and_checkpoint_still_lacks_the_signatures(fields):
    content = fields["letters"][0]["content"]
    before = sha256_of(content)
    assert finding(rewritten(fields, {})) == ""  # the forger's tools themselves are good
    content["goals"][0]["standard"] = "完成一半即可"
    found = finding(rewritten(fields, {before: sha256_of(content)}))
    assert "签名不对" in found


def test_a_second_key_without_two_who_vouched_for_it_fails(fields):
    (place,) = [number for number, key in enumerate(fields["keys"]) if key["approvals"]]
    approvals = fields["keys"][place]["approvals"]
    for forged in ([], approvals[:1], [approvals[0], approvals[0]]):
        assert "确认" in finding(resealed(changed(fields, ("keys", place, "approvals"), forged)))


def run(*arguments):
    """Run the verifier as an archive does: alone, without any package."""
    command = [sys.executable, "-I", "-S", str(PATH), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_the_verifier_runs_alone_and_checks_word_file_checkpoint_and_key(tmp_path, text, letter):
    evidence, word, kept = (tmp_path / name for name in ("evidence.json", "letter.docx", "kept.json"))
    evidence.write_text(text)
    query = select(Blob.data).join(GeneratedDocument, GeneratedDocument.blob_sha256 == Blob.sha256)
    data = db.session.scalars(query.where(GeneratedDocument.subject == f"letter:{letter.id}")).one()
    word.write_bytes(data)
    (witness,) = current_app.config["FIVESTEP"].witness_dir.glob("checkpoint-2*.json")
    key = json.loads(text)["checkpoint"]["key_id"]
    status, said = run(evidence, "--word", word, "--checkpoint", witness, "--key", key)
    assert status == 0, said
    assert "通过" in said
    assert "letter.docx 与存档的一致" in said
    status, said = run(evidence)
    assert status == 0
    assert f"请核对检查点密钥编号 {key}" in said
    word.write_bytes(data[:-1] + b"\x01")
    assert run(evidence, "--word", word)[0] == 1
    assert run(evidence, "--key", "0" * 16)[0] == 1
    kept.write_text(witness.read_text().replace('"size":', '"size":1'))
    assert run(evidence, "--checkpoint", kept)[0] == 1
    assert run(tmp_path / "none.json")[0] == 1
    evidence.write_text(text.replace("2026", "2027", 1))
    status, said = run(evidence)
    assert status == 1
    assert said.startswith("不通过：")
    assert "Traceback" not in said


def test_a_kept_checkpoint_the_log_has_left_behind_fails(tmp_path, fields):
    """The keeper rewrote the log after the witness took a copy."""
    (witness,) = current_app.config["FIVESTEP"].witness_dir.glob("checkpoint-2*.json")
    forged = verifier.check(rewritten(fields, {"外出学习": "外出学习"}))
    with pytest.raises(verifier.Altered, match="不能与"):
        verifier.check_kept(forged, witness)
    later = tmp_path / "later.json"
    later.write_text(take_checkpoint().spelled())
    genuine = verifier.check(spelled(fields))
    verifier.check_kept(genuine, witness)
    verifier.check_kept(genuine, later)
    own = fields["checkpoint"]["size"]
    other = changed(fields, ("checkpoint", "root"), hashlib.sha256(b"other").hexdigest())["checkpoint"]
    genuine.fields["checkpoint"] = other
    assert other["size"] == own
    with pytest.raises(verifier.Altered, match="不一致"):
        verifier.check_kept(genuine, later)


# The page


def address(letter, version=1):
    return f"/letters/{letter.id}/versions/{version}/evidence"


def test_a_reader_downloads_the_file_and_it_is_what_the_verifier_takes(login, department, letter):
    client = login(department.members[0])
    response = get(client, address(letter))
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    assert "attachment" in response.headers["Content-Disposition"]
    assert finding(response.data) == ""


def test_strangers_and_missing_versions_find_nothing(login, department, letter):
    assert get(login(department.organizer), address(letter)).status_code == 404
    assert get(login(department.clerk), address(letter, 2)).status_code == 404


def test_there_is_no_evidence_before_both_sides_signed(login, department):
    draft()
    issue(letter_of(department.head), department.clerk)
    sign(letter_of(department.head), department.head)
    response = get(login(department.head), address(letter_of(department.head)))
    assert response.status_code == 409
    assert "双方都签署之后" in response.text


def test_no_evidence_is_given_over_a_log_that_is_not_whole(login, department, letter, monkeypatch):
    monkeypatch.setattr("fivestep_web.audit.proofs.chain_digest", lambda previous, body: "0" * 64)
    response = get(login(department.clerk), address(letter))
    assert response.status_code == 422
    assert "audit verify" in response.text


def test_the_evidence_of_a_version_stays_as_good_when_the_log_grows(department, letter):
    first = json.loads(evidence_text(department, letter))
    issue(letter_of(department.members[1]), department.clerk)
    second = json.loads(evidence_file.evidence_of(acting(department.clerk), letter.id, 1)[1])
    assert first["letters"] == second["letters"]
    assert second["checkpoint"]["size"] > first["checkpoint"]["size"]
    assert finding(spelled(second)) == ""
