"""Bundles: what is in one, for whom, and what nobody else gets a hint of."""

import csv
import io
import json
import zipfile
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select, update

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import clock
from fivestep_web.core import settings as instance
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.models import Blob, DocumentState, GeneratedDocument
from fivestep_web.documents.opened import WordFile, text_of
from fivestep_web.extensions import db as database
from fivestep_web.personnel import services
from fivestep_web.personnel.models import BundleState, MaterialBundle
from fivestep_web.responsibility.rules import LetterState
from tests.factories.accounts import user_with_role
from tests.factories.queue import run_queue
from tests.factories.responsibility import letter_of
from tests.factories.tokens import acting
from tests.personnel.conftest import BULLETIN, DECISION, admonish, issue, notify


def bundle_of(user, person, years=(2026,)):
    """Ask for a bundle and let the queue make it; return its id."""
    with unit_of_work():
        bundle_id = services.request_bundle(acting(user), person, years).id
    run_queue()
    database.session.commit()
    return bundle_id


def opened(user, bundle_id):
    """Return the files of a bundle as *user* downloads it, by name."""
    with unit_of_work():
        data = services.hand_out(acting(user), bundle_id).data
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def achievement_text(files):
    name = next(name for name in files if name.startswith("1 实绩考核档案/"))
    return text_of(WordFile.open(files[name]).document)


def listed(files):
    """Return the manifest's rows and notes."""
    found = json.loads(files["清单.json"])
    return found["files"], found["notes"]


def test_a_bundle_holds_everything_with_its_name_hash_and_serial(department, officer):
    head = department.head.person
    issue(BULLETIN)
    issue(
        DECISION,
        persons=[{"sequence": 1, "name": head.name, "unit_and_position": "组织科科长", "award": "先进个人"}],
    )
    files = opened(officer, bundle_of(officer, head))
    folders = sorted({name.partition("/")[0] for name in files})
    assert folders == ["1 实绩考核档案", "2 责任书", "3 考核结果", "4 表彰", "清单.csv", "清单.json"]
    rows, notes = listed(files)
    assert {row["file"] for row in rows} == {name for name in files if "/" in name}
    for row in rows:
        assert row["sha256"] == sha256(files[row["file"]]).hexdigest()
        assert row["size"] == len(files[row["file"]])
    letter = next(row for row in rows if row["file"].startswith("2 责任书/"))
    assert letter["number"].startswith("责〔2026〕Z")
    assert len(letter["serial"]) == 16
    result = next(row for row in rows if row["file"].startswith("3 考核结果/"))
    assert result["number"].startswith("青组通〔2026〕")
    assert notes == [services.rules.UNIT_ONLY, "2026年没有生成本人的考核结果通知，个人得分未列入"]
    table = list(csv.reader(io.StringIO(files["清单.csv"].decode("utf-8-sig"))))
    assert [row[1] for row in table[1 : len(rows) + 1]] == [row["file"] for row in rows]
    assert [row[7] for row in table[1 : len(rows) + 1]] == [row["sha256"] for row in rows]


def test_the_achievement_file_tells_posts_goals_letters_and_awards(department, officer):
    head = department.head.person
    issue(
        DECISION,
        persons=[{"sequence": 1, "name": head.name, "unit_and_position": "组织科科长", "award": "先进个人"}],
    )
    text = achievement_text(opened(officer, bundle_of(officer, head)))
    for words in (head.name, "组织科", department.goals[0].name, "先进个人", "考核结果尚未印发", "没有登记"):
        assert words in text
    assert "诫勉" not in text


def test_the_persons_own_result_is_in_and_its_figure_in_the_achievement_file(department, officer):
    head, other = department.head.person, department.members[0].person
    issue(BULLETIN)
    notify(head, is_draft=True, personal_score="66.66")
    notify(head, personal_score="91.93", grade="优秀")
    notify(other, personal_score="77.77")
    files = opened(officer, bundle_of(officer, head))
    (name,) = (name for name in files if "考核结果通知" in name)
    assert name.startswith("3 考核结果/")
    text = achievement_text(files)
    assert "91.93" in text
    assert "优秀" in text
    assert "77.77" not in text
    assert "66.66" not in text
    assert listed(files)[1] == [services.rules.UNIT_ONLY, "2026年表彰决定尚未印发"]


def test_a_draft_of_the_own_result_is_in_no_bundle(department, officer):
    head = department.head.person
    issue(BULLETIN)
    notify(head, is_draft=True)
    files = opened(officer, bundle_of(officer, head))
    assert not [name for name in files if "考核结果通知" in name]
    assert "2026年没有生成本人的考核结果通知，个人得分未列入" in listed(files)[1]


def test_a_letter_that_was_changed_stays_in_and_says_so(department, officer):
    head = department.head.person
    letter = letter_of(department.head)
    letter.state = LetterState.SUPERSEDED
    database.session.execute(
        update(GeneratedDocument)
        .where(GeneratedDocument.subject == f"letter:{letter.id}")
        .values(state=DocumentState.SUPERSEDED)
    )
    database.session.commit()
    (name,) = (name for name in opened(officer, bundle_of(officer, head)) if name.startswith("2 责任书/"))
    assert name.endswith("（已变更）.docx")


def test_what_is_missing_is_named_in_the_list(department, officer):
    _rows, notes = listed(opened(officer, bundle_of(officer, department.members[0].person)))
    assert notes[1:] == [
        "2026年没有已生效的责任书",
        "2026年有1份责任书尚未签订完成，未列入",
        "2026年考核结果尚未印发",
        "2026年表彰决定尚未印发",
    ]


def test_an_award_of_others_stays_out(department, officer):
    issue(DECISION)
    files = opened(officer, bundle_of(officer, department.head.person))
    assert not [name for name in files if name.startswith("4")]
    assert "2026年表彰名单中没有本人" in listed(files)[1]


def test_an_admonition_in_effect_is_only_for_those_entitled(department, officer, minister):
    head = department.head.person
    before = opened(officer, bundle_of(officer, head))
    ids = admonish(head)
    after = opened(officer, bundle_of(officer, head))
    assert before.keys() == after.keys()
    assert listed(before)[1] == listed(after)[1]
    assert [row["file"] for row in listed(before)[0]] == [row["file"] for row in listed(after)[0]]
    assert achievement_text(before) == achievement_text(after)
    assert not any("诫勉".encode() in data for data in (after["清单.csv"], after["清单.json"]))
    entitled = opened(minister, bundle_of(minister, head))
    secret = [name for name in entitled if name.startswith("5 诫勉（保密）/")]
    assert len(secret) == len(ids)
    assert "诫勉及影响期" in achievement_text(entitled)
    assert "2026年12月28日—\n2027年6月28日" in achievement_text(entitled)


def test_an_admonition_whose_effect_ended_or_of_another_is_in_no_bundle(department, minister):
    head = department.head.person
    admonish(head, start="2026年6月1日", end="2026年12月1日")
    admonish(department.members[0].person, number=2)
    files = opened(minister, bundle_of(minister, head))
    assert not [name for name in files if name.startswith("5")]
    assert "诫勉谈话：" not in achievement_text(files)


@pytest.mark.parametrize("end", ["", "—", "2026年13月1日", "待定"])
def test_an_admonition_whose_last_day_is_not_known_is_in_no_bundle(department, minister, end):
    head = department.head.person
    admonish(head, end=end)
    assert not [name for name in opened(minister, bundle_of(minister, head)) if name.startswith("5")]


def test_only_the_confidential_files_in_the_bundle_are_logged_as_exported(department, minister):
    head = department.head.person
    altered, kept = admonish(head)
    row = database.session.get_one(GeneratedDocument, altered)
    database.session.get_one(Blob, row.blob_sha256).data = b"PK altered"
    database.session.commit()
    opened(minister, bundle_of(minister, head))
    exported = select(AuditEntry.subject).where(AuditEntry.action == "document.exported")
    assert database.session.scalars(exported).all() == [f"document:{kept}"]


def test_a_bundle_with_an_admonition_is_gone_when_its_effect_ends_or_the_right_does(department, minister):
    head = department.head.person
    admonish(head)
    bundle_id = bundle_of(minister, head)
    instance.put("rehearsal_date", "2027-06-29")
    database.session.commit()
    with pytest.raises(NotFound), unit_of_work():
        services.hand_out(acting(minister), bundle_id)
    instance.put("rehearsal_date", "2027-06-28")
    database.session.commit()
    assert opened(minister, bundle_id)
    role = database.session.merge(minister).person.holdings[0].roles[0]
    role.role = Role.HRO
    database.session.commit()
    with pytest.raises(NotFound), unit_of_work():
        services.hand_out(acting(minister), bundle_id)


def test_nobody_fetches_the_bundle_of_another(department, officer, minister):
    bundle_id = bundle_of(officer, department.head.person)
    for stranger in (minister, user_with_role(Role.HRO), user_with_role(Role.ADM)):
        with pytest.raises(NotFound), unit_of_work():
            services.hand_out(acting(stranger), bundle_id)


def test_asking_and_downloading_are_logged_without_a_hint(department, minister):
    head = department.head.person
    ids = admonish(head)
    bundle_id = bundle_of(minister, head)
    opened(minister, bundle_id)
    entries = database.session.scalars(
        select(AuditEntry).where(AuditEntry.subject == f"materials:{bundle_id}").order_by(AuditEntry.sequence)
    ).all()
    assert [entry.action for entry in entries] == ["materials.requested", "materials.downloaded"]
    assert [sorted(json.loads(entry.body)["detail"]) for entry in entries] == [
        ["person", "years"],
        ["person", "sha256", "years"],
    ]
    exported = database.session.scalars(
        select(AuditEntry.subject).where(AuditEntry.action == "document.exported")
    )
    assert set(exported) == {f"document:{document_id}" for document_id in ids}


@pytest.mark.parametrize("role", [Role.OFC, Role.SUP, Role.DEP, Role.SHD, Role.ADM])
def test_whoever_exports_no_files_of_others_asks_in_vain(department, role):
    with pytest.raises(NotAllowed), unit_of_work():
        services.request_bundle(acting(user_with_role(role)), department.head.person, [2026])


def test_a_year_must_be_chosen_and_planned_and_one_is_made_at_a_time(department, officer):
    head = department.head.person
    for years in ((), (2031,), (2026, 2031)):
        with pytest.raises(FieldError), unit_of_work():
            services.request_bundle(acting(officer), head, years)
    with unit_of_work():
        services.request_bundle(acting(officer), head, [2026])
    with pytest.raises(Conflict), unit_of_work():
        services.request_bundle(acting(officer), head, [2026])


def test_the_rights_at_the_making_count(department, officer):
    with unit_of_work():
        bundle_id = services.request_bundle(acting(officer), department.head.person, [2026]).id
    database.session.merge(officer).is_active = False
    database.session.commit()
    run_queue()
    database.session.commit()
    bundle = database.session.get_one(MaterialBundle, bundle_id)
    assert (bundle.state, bundle.data) == (BundleState.FAILED, None)
    assert "权限" in bundle.failure


def test_an_altered_file_is_left_out_and_named_and_an_altered_bundle_is_not_handed_out(department, officer):
    row = database.session.scalars(
        select(GeneratedDocument).where(GeneratedDocument.person_id == department.head.person_id)
    ).one()
    database.session.get(Blob, row.blob_sha256).data = b"PK altered"
    database.session.commit()
    bundle_id = bundle_of(officer, department.head.person)
    files = opened(officer, bundle_id)
    assert not [name for name in files if name.startswith("2")]
    assert any("校验值不符" in note for note in listed(files)[1])
    with unit_of_work():
        database.session.execute(update(MaterialBundle).values(data=b"PK"))
    with pytest.raises(Conflict), unit_of_work():
        services.hand_out(acting(officer), bundle_id)


def test_old_bundles_are_forgotten(department, officer):
    bundle_id = bundle_of(officer, department.head.person)
    with unit_of_work():
        assert services.remove_old(clock.system_now()) == 0
        assert services.remove_old(clock.system_now() + services.KEEP + timedelta(minutes=1)) == 1
    bundle = database.session.get_one(MaterialBundle, bundle_id)
    assert (bundle.state, bundle.data) == (BundleState.REMOVED, None)
    with pytest.raises(NotFound), unit_of_work():
        services.hand_out(acting(officer), bundle_id)
