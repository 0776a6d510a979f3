"""What the page of one document shows: how far it is, its versions, and what may be done next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _

from fivestep_web.core import clock
from fivestep_web.core.forms import BaseForm
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.names import SUFFIX
from fivestep_web.documents.numbers import policy, queries, rules
from fivestep_web.documents.numbers.forms import ApproveForm, DropForm, IssueForm
from fivestep_web.documents.numbers.letterheads import agency_code
from fivestep_web.documents.numbers.models import DocumentNumber
from fivestep_web.documents.numbers.rules import ALLOWED, PENDING, Stage, Step
from fivestep_web.documents.requests import gate_fault
from fivestep_web.documents.word_templates import queries as templates

LINE: Final = (Stage.DRAFT, Stage.NUMBERED, Stage.ISSUED)
_AT: Final = {
    Stage.NUMBERING: Stage.DRAFT,
    Stage.ISSUING: Stage.NUMBERED,
    Stage.REPLACED: Stage.ISSUED,
}  # where on the line what is under way stands
FORMS: Final[dict[Step, type[BaseForm]]] = {
    Step.APPROVE: ApproveForm,
    Step.ISSUE: IssueForm,
    Step.DROP: DropForm,
}


@dataclass(frozen=True)
class Version:
    """One version of the document."""

    row: Any
    stage: Stage
    number: DocumentNumber | None

    @property
    def name(self) -> str:
        """Return the number and title as the file is called."""
        return str(self.row.download_name).removesuffix(SUFFIX)


@dataclass(frozen=True)
class Page:
    """The version asked for, its siblings, and what the actor may do now.

    *obstacle* says why a draft cannot be numbered by who otherwise might, *caution* what to think of first.
    """

    version: Version
    others: Sequence[Version]
    steps: tuple[Step, ...]
    obstacle: str
    caution: str
    next_number: str
    goes_out: bool
    template: str

    @property
    def is_pending(self) -> bool:
        """Tell whether the file is on its way, so that the page looks again."""
        number = self.version.number
        return self.version.stage in PENDING and number is not None and not number.failure

    @property
    def may_try_again(self) -> bool:
        """Tell whether the file could not be made and is to be asked for again."""
        number = self.version.number
        return self.version.stage in PENDING and number is not None and bool(number.failure)

    @property
    def place(self) -> str:
        """Return where on the line 草稿 → 已编号 → 已印发 it stands; empty beside the line."""
        stage = _AT.get(self.version.stage, self.version.stage)
        return stage.value if stage in LINE else ""


def read_page(actor: Actor, document_id: int) -> Page:
    """Return the page of a document; NotFound for what is hidden, absent or confidential."""
    versions = [
        Version(row, queries.stage(row.state, row.DocumentNumber), row.DocumentNumber)
        for row in queries.list_versions(actor, document_id)
    ]
    shown = next(version for version in versions if version.row.id == document_id)
    row = shown.row
    goes_out = rules.takes_number(row.kind, row.unit_id, row.person_id)
    may = goes_out and policy.can_number(actor, row.kind)
    steps = tuple(step for step in Step if may and shown.stage in ALLOWED[step])
    obstacle = _obstacle(actor, shown, versions) if Step.APPROVE in steps else ""
    is_warned = row.kind in rules.PUBLICITY and steps and not obstacle
    return Page(
        version=shown,
        others=[version for version in versions if version is not shown],
        steps=() if obstacle else steps,
        obstacle=obstacle,
        caution=rules.caution(row.kind, queries.get_document(row.id).payload) if is_warned else "",
        next_number=_next_number(shown) if Step.APPROVE in steps else "",
        goes_out=goes_out and may,
        template=_template(shown),
    )


def _template(shown: Version) -> str:
    """Return which template the file was or will be made with."""
    number = templates.number_of(shown.row.kind, shown.row.template_sha256)
    if number is None:
        return str(_("系统升级前的模板"))
    return str(_("随系统的模板") if number == templates.SHIPPED else _("第%(number)s版模板", number=number))


def _obstacle(actor: Actor, shown: Version, versions: Sequence[Version]) -> str:
    if policy.is_preparer(actor, shown.row.kind, queries.asked_by(shown.row.id)):
        return str(_("这份草稿是您生成的，通报结果的公文由其他有权限的同志批准编号"))
    for version in versions:
        if version.number is not None and version.stage in {Stage.NUMBERING, Stage.NUMBERED, Stage.ISSUING}:
            return str(_("%(number)s尚未印发，印发或作废后才能为这一版编号", number=version.number.text))
        if version.row.version > shown.row.version and version.stage is not Stage.OUTDATED:
            return str(_("本文已有更新的第%(version)s版，请对新版批准编号", version=version.row.version))
    return gate_fault(queries.get_document(shown.row.id))


def _next_number(shown: Version) -> str:
    code, year = agency_code(shown.row.kind), clock.today().year
    return rules.number_text(code, year, queries.last_number(code, year) + 1)


def new_form(step: Step) -> BaseForm:
    """Return the form of a step as it is first shown: dates are today's."""
    today = clock.today()
    return FORMS[step](formdata=None, data={"approved_on": today, "issued_on": today})
