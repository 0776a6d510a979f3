"""The list, the notice and the record as Word files, and who finds them."""

from datetime import date, timedelta

from sqlalchemy import select

from fivestep_web.assessment.admonitions import requests, services
from fivestep_web.assessment.admonitions.models import Admonition
from fivestep_web.assessment.admonitions.rules import Step
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services as documents
from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.documents.rendering import render
from fivestep_web.extensions import db as database
from fivestep_web.org.queries import get_person
from fivestep_web.personnel.contents import gather
from tests.assessment.admonitions.cast import (
    DECISION,
    EFFECT_ENDS,
    TALKED,
    YEAR,
    S,
    brought_to,
    files,
    held,
    on,
)
from tests.factories.queue import run_queue
from tests.factories.tokens import acting


def test_the_word_files_follow_the_steps_and_pass_every_check(cast):
    case_id = brought_to(S.LIFTED, cast)
    run_queue()
    assert [row[:3] for row in files(case_id)] == [
        (DocumentKind.ADMONITION_NOTICE, 1, False),
        (DocumentKind.ADMONITION_RECORD, 1, True),
        (DocumentKind.ADMONITION_RECORD, 2, False),
        (DocumentKind.ADMONITION_RECORD, 3, False),
    ]
    states = [row[3] for row in files(case_id)]
    assert states == [
        DocumentState.READY,
        DocumentState.SUPERSEDED,
        DocumentState.SUPERSEDED,
        DocumentState.READY,
    ], states
    for row in database.session.scalars(select(GeneratedDocument)):
        assert row.is_confidential
        assert row.payload["number"] == "诫勉〔2026〕1号"
        assert violations(row.kind, row.payload, render(row.kind, row.payload)) == []


def test_the_list_is_final_and_dated_once_all_are_decided_on(cast):
    brought_to(S.PROPOSED, cast)
    assert requests.list_payloads(YEAR)[0].is_draft
    case_id = database.session.scalars(select(Admonition.id)).one()
    on(date(2026, 8, 24))
    with unit_of_work():
        services.decide(acting(cast.minister), held(cast.minister, case_id), Step.APPROVE, **DECISION)
    (request,) = requests.list_payloads(YEAR)
    assert not request.is_draft
    assert request.payload["document_date"] == "2026年8月24日"
    assert violations(request.kind, request.payload, render(request.kind, request.payload)) == []


def test_the_materials_for_a_promotion_hold_it_while_it_is_in_effect(cast):
    brought_to(S.FOLLOWED_UP, cast)
    run_queue()
    person = get_person(cast.secretary.person_id)
    for user, count in ((cast.minister, 1), (cast.executive, 1)):
        materials = gather(acting(user), person, [YEAR], TALKED)
        assert len(materials.admonitions) == count
        assert materials.admonitions[0].ends_on == EFFECT_ENDS
        assert [row.kind for row in materials.admonitions[0].files] == [
            DocumentKind.ADMONITION_RECORD,
            DocumentKind.ADMONITION_NOTICE,
        ]
    assert gather(acting(cast.personnel), person, [YEAR], TALKED).admonitions is None
    assert gather(acting(cast.minister), person, [YEAR], EFFECT_ENDS + timedelta(days=1)).admonitions == ()


def test_building_the_documents_again_makes_nothing_new(cast):
    brought_to(S.LIFTED, cast)
    run_queue()
    kinds = (DocumentKind.ADMONITION_NOTICE, DocumentKind.ADMONITION_RECORD)
    with unit_of_work():
        asked = documents.build(acting(cast.supervisor), YEAR, kinds)
    assert (asked.created, asked.existing) == (0, 2)
