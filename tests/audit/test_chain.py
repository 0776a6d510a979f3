"""One chain, kept by the database, found out when it is altered (trust.md A2, A3, A4)."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from fivestep_web.audit import checkpoints, queries, rules, verification
from fivestep_web.audit.head import Head, put_head
from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.services import record
from fivestep_web.audit.verification import register, verify
from fivestep_web.core import clock
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.settings import InstanceSetting
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.org.models import Person

SIZE = 8


def write(count=SIZE):
    with unit_of_work():
        for number in range(count):
            record(SYSTEM, "test.done", f"thing:{number}", note="责任书\n伪造行")


def write_and_fail():
    with unit_of_work():
        record(SYSTEM, "test.done", "thing:1")
        raise RuntimeError


def change():
    with unit_of_work():
        database.session.add(Person(code="G1", name="张某甲"))
        database.session.flush()
        record(SYSTEM, "person.created", "person:1")


def is_postgresql():
    return database.session.get_bind().dialect.name == "postgresql"


def drop_the_triggers():
    if is_postgresql():
        run("DROP TRIGGER audit_entry_append_only ON audit_entry")
    else:
        for change in ("update", "delete"):
            run(f"DROP TRIGGER audit_entry_no_{change}")


def run(statement, **values):
    database.session.execute(text(statement), values)


def rewrite(links):
    """Store *links* anew with fresh, right hashes, as someone who holds the database could."""
    run("DELETE FROM audit_entry")
    previous = rules.GENESIS
    for number, link in enumerate(links, 1):
        body = rules.canonical(json.loads(link.body) | {"sequence": number})
        digest = rules.chain_digest(previous, body)
        row = AuditEntry(
            sequence=number,
            at=link.at,
            user_id=link.user_id,
            action=link.action,
            subject=link.subject,
            body=body,
            previous=previous,
            digest=digest,
        )
        database.session.add(row)
        previous = digest
    database.session.flush()
    return previous


def test_entries_form_one_gap_free_chain(db):
    write()
    assert [link.sequence for link in queries.read_links()] == [*range(1, SIZE + 1)]
    assert verify().faults == ()


def test_reading_in_small_batches_misses_nothing(db, monkeypatch):
    write()
    monkeypatch.setattr(queries, "BATCH", 3)
    assert verify().entries == SIZE
    assert [link.sequence for link in queries.read_links(after=6)] == [7, 8]


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_or_delete_entries(db, statement):
    write()
    with pytest.raises(DatabaseError, match="append-only"):
        run(statement)


def test_the_database_refuses_to_empty_the_log(db):
    write()
    statement = "TRUNCATE audit_entry" if is_postgresql() else "DELETE FROM audit_entry"
    with pytest.raises(DatabaseError, match="append-only"):
        run(statement)


def test_an_entry_cannot_be_put_in_the_place_of_another(db):
    write()
    copy = (
        "INSERT {} INTO audit_entry SELECT sequence, at, user_id, 'x', subject, body, previous, digest "
        "FROM audit_entry WHERE sequence = 3 {}"
    )
    statement = (
        copy.format("", "ON CONFLICT (sequence) DO UPDATE SET action = 'x'")
        if is_postgresql()
        else copy.format("OR REPLACE", "")
    )
    with pytest.raises(DatabaseError, match=r"append-only|UNIQUE"):
        run(statement)


def test_the_orm_cannot_change_an_entry(db):
    write()
    database.session.scalars(select(AuditEntry)).first().action = "x"
    with pytest.raises(DatabaseError, match="append-only"):
        database.session.flush()


def test_a_failed_change_leaves_no_entry(db):
    with pytest.raises(RuntimeError):
        write_and_fail()
    assert [*queries.read_links()] == []


def test_a_change_whose_entry_fails_does_not_happen(db):
    if is_postgresql():
        run(
            "CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'disk full'; END $$"
        )
        run("CREATE TRIGGER no_room BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION disk_full()")
    else:
        run("CREATE TRIGGER no_room BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    database.session.commit()
    with pytest.raises(DatabaseError, match="disk full"):
        change()
    assert database.session.scalar(select(Person)) is None


def edit(_links):
    run("UPDATE audit_entry SET body = replace(body, 'thing:3', 'thing:9') WHERE sequence = 4")


def edit_with_its_hash(links):
    body = links[3].body.replace("thing:3", "thing:9")
    run(
        "UPDATE audit_entry SET body = :body, subject = 'thing:9', digest = :digest WHERE sequence = 4",
        body=body,
        digest=rules.chain_digest(links[3].previous, body),
    )


def edit_a_search_column(_links):
    run("UPDATE audit_entry SET subject = 'thing:9' WHERE sequence = 4")


def delete_in_the_middle(_links):
    run("DELETE FROM audit_entry WHERE sequence = 4")


def delete_and_renumber(_links):
    run("DELETE FROM audit_entry WHERE sequence = 4")
    for number in range(5, SIZE + 1):
        run("UPDATE audit_entry SET sequence = :new WHERE sequence = :old", new=number - 1, old=number)


def delete_the_first(_links):
    run("DELETE FROM audit_entry WHERE sequence = 1")


def cut_the_tail(_links):
    run("DELETE FROM audit_entry WHERE sequence > 5")


def cut_everything(_links):
    run("DELETE FROM audit_entry")


def cut_the_tail_and_write_on(_links):
    run("DELETE FROM audit_entry WHERE sequence > 5")
    database.session.commit()
    write(2)


def cut_the_tail_and_the_mark(_links):
    run("DELETE FROM audit_entry WHERE sequence > 5")
    run("DELETE FROM instance_setting WHERE name = 'audit_head'")


def cut_the_tail_and_forge_the_mark(links):
    run("DELETE FROM audit_entry WHERE sequence > 5")
    run(
        "UPDATE instance_setting SET value = :value WHERE name = 'audit_head'",
        value=f"5:{links[4].digest}:{'0' * 64}",
    )


def back_date(links):
    run(
        "UPDATE audit_entry SET at = (SELECT at FROM audit_entry WHERE sequence = 1) WHERE sequence = 4",
    )


def back_date_with_fresh_hashes(links):
    earlier = links[0].at - timedelta(days=30)
    body = json.loads(links[5].body) | {"at": rules.plain(earlier)}
    fields = vars(links[5]) | {"at": earlier, "body": rules.canonical(body)}
    rewrite([*links[:5], rules.Link(**fields), *links[6:]])


def append_behind_the_system(links):
    body = rules.canonical(json.loads(links[-1].body) | {"sequence": SIZE + 1})
    database.session.add(
        AuditEntry(
            **(
                vars(links[-1])
                | {
                    "sequence": SIZE + 1,
                    "body": body,
                    "previous": links[-1].digest,
                    "digest": rules.chain_digest(links[-1].digest, body),
                }
            )
        )
    )
    database.session.flush()


def swap_two(_links):
    for old, new in ((4, 100), (5, 4), (100, 5)):
        run("UPDATE audit_entry SET sequence = :new WHERE sequence = :old", new=new, old=old)


ALONE = [
    (edit, 4),
    (edit_with_its_hash, 5),
    (edit_a_search_column, 4),
    (delete_in_the_middle, 4),
    (delete_and_renumber, 4),
    (delete_the_first, 1),
    (cut_the_tail, 6),
    (cut_everything, 1),
    (cut_the_tail_and_write_on, 6),
    (cut_the_tail_and_the_mark, 1),
    (cut_the_tail_and_forge_the_mark, 1),
    (back_date, 4),
    (back_date_with_fresh_hashes, 6),
    (append_behind_the_system, SIZE + 1),
    (swap_two, 4),
]


@pytest.mark.parametrize(("attack", "entry"), ALONE, ids=lambda item: getattr(item, "__name__", ""))
def test_verifying_finds_the_attack_and_names_the_entry(db, attack, entry):
    write()
    links = [*queries.read_links()]
    drop_the_triggers()
    attack(links)
    assert f"第 {entry} " in verify().faults[0]


def test_after_a_cut_tail_the_log_goes_on_from_its_mark_so_that_the_gap_stays(db):
    write()
    drop_the_triggers()
    cut_the_tail_and_write_on(None)
    assert [link.sequence for link in queries.read_links()] == [1, 2, 3, 4, 5, SIZE + 1, SIZE + 2]


def reorder_with_fresh_hashes(links):
    at = [link.at for link in links]
    moved = [links[0], links[2], links[1], *links[3:]]
    again = [
        rules.Link(
            **(vars(link) | {"at": when, "body": rules.canonical(json.loads(link.body) | {"at": when})})
        )
        for link, when in zip(moved, at, strict=True)
    ]
    return rewrite(again)


def drop_one_with_fresh_hashes(links):
    return rewrite([*links[:3], *links[4:]])


@pytest.mark.parametrize("attack", [reorder_with_fresh_hashes, drop_one_with_fresh_hashes])
def test_a_chain_rewritten_by_who_holds_the_secret_too_is_found_by_an_earlier_checkpoint(
    app, db, tmp_path, attack
):
    write()
    path = checkpoints.write_checkpoint(tmp_path)
    write(3)
    links = [*queries.read_links()]
    drop_the_triggers()
    digest = attack(links)
    size = len([*queries.read_links()])
    forge_the_mark(size, digest)
    assert verify().faults == ()
    assert "整体改写" in verify(checkpoints.read_checkpoint(path)).faults[0]


def test_a_tail_cut_by_who_holds_the_secret_too_is_found_by_an_earlier_checkpoint(app, db, tmp_path):
    write()
    path = checkpoints.write_checkpoint(tmp_path)
    links = [*queries.read_links()]
    drop_the_triggers()
    run("DELETE FROM audit_entry WHERE sequence > 5")
    forge_the_mark(5, links[4].digest)
    assert verify().faults == ()
    assert "缺少第 6 至 8 条" in verify(checkpoints.read_checkpoint(path)).faults[0]


@pytest.mark.parametrize("name", ["head", "root"])
def test_a_checkpoint_of_another_log_of_this_length_is_found_by_its_last_digest_and_by_its_root(db, name):
    write()
    kept = checkpoints.take_checkpoint()
    facts = {"head": kept.head, "root": kept.root} | {name: "0" * 64}
    other = checkpoints.sign_checkpoint(kept.size, facts["head"], facts["root"], clock.system_now())
    assert verify(kept).faults == ()
    assert "整体改写" in verify(other).faults[0]


def forge_the_mark(size, digest):
    put_head(Head(size, digest))


def test_the_mark_is_in_the_transaction_of_its_entry(db):
    write(1)
    with pytest.raises(RuntimeError):
        write_and_fail()
    assert database.session.get(InstanceSetting, "audit_head").value.startswith("1:")
    assert verify().faults == ()


def test_a_clock_set_back_does_not_look_like_back_dating(db, monkeypatch):
    write(1)
    earlier = clock.system_now() - timedelta(days=1)
    monkeypatch.setattr(clock, "system_now", lambda: earlier)
    write(1)
    assert verify().faults == ()
    last = [*queries.read_links()][-1]
    assert json.loads(last.body)["clock"] == rules.plain(earlier)


def test_what_the_features_vouch_for_is_verified_too(db, monkeypatch):
    monkeypatch.setattr(verification, "_checks", {})
    register("签名", lambda: ["第3号责任书的签名不对"])
    assert verify().faults == ("签名：第3号责任书的签名不对",)
