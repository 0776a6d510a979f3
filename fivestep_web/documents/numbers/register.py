"""The register of numbers 发文登记: lines ready to print, sums, and the same as a workbook."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.core.sheets import write_workbook
from fivestep_web.documents.numbers import policy, queries
from fivestep_web.documents.numbers.models import DocumentNumber
from fivestep_web.documents.numbers.rules import NumberState, Stage, Step

HEADINGS: Final = (
    _l("文号"), _l("标题"), _l("文种"), _l("成文日期"), _l("批准编号"), _l("印发日期"),
    _l("印发经办"), _l("状态"), _l("备注"),
)  # fmt: skip
TONES: Final = {
    Stage.NUMBERING: "waiting",
    Stage.ISSUING: "waiting",
    Stage.NUMBERED: "open",
    Stage.ISSUED: "done",
    Stage.REPLACED: "quiet",
    Stage.DROPPED: "refused",
}
NONE: Final = "—"


@dataclass(frozen=True)
class Line:
    """A number as it stands in the register."""

    document_id: int
    number: str
    title: str
    kind: str
    approved_on: str
    approved_by: str
    issued_on: str
    issued_by: str
    stage: Stage
    note: str

    @property
    def tone(self) -> str:
        """Return the tone of its badge."""
        return TONES[self.stage]

    @property
    def state(self) -> str:
        """Return the word of its badge."""
        return _("已作废") if self.stage in {Stage.REPLACED, Stage.DROPPED} else self.stage.value


@dataclass(frozen=True)
class Wanted:
    """Which numbers are shown, and what else there is: *code* is empty for all series."""

    year: int
    code: str
    years: Sequence[int]
    codes: Sequence[str]

    @property
    def code_choices(self) -> list[tuple[str, str]]:
        """Return what the filter offers."""
        return [(code, code) for code in self.codes]


def read_wanted(arguments: MultiDict[str, str]) -> Wanted:
    """Return what the address asks for; a year or code never used asks for this year and all series."""
    series = queries.list_series()
    this_year = clock.today().year
    years = sorted({this_year, *(row.year for row in series)}, reverse=True)
    codes = sorted({row.agency_code for row in series})
    year, code = arguments.get("number_year", this_year, type=int), arguments.get("code", "")
    return Wanted(year if year in years else this_year, code if code in codes else "", years, codes)


def read_lines(wanted: Wanted) -> list[Line]:
    """Return the register's lines in the order of code and number."""
    return [_line(row) for row in queries.list_register(wanted.year, wanted.code)]


def _line(row: Any) -> Line:
    number: DocumentNumber = row.DocumentNumber
    stage = queries.stage(row.state, number)
    return Line(
        document_id=row.id,
        number=number.text,
        title=row.title.replace("\n", ""),
        kind=row.kind.label,
        approved_on=number.approved_on.isoformat(),
        approved_by=row.taken_by or NONE,
        issued_on=number.issued_on.isoformat() if number.issued_on else NONE,
        issued_by=row.issued_by or NONE,
        stage=stage,
        note=_note(number, stage, row.dropped_by),
    )


def _note(number: DocumentNumber, stage: Stage, dropped_by: str | None) -> str:
    if number.state is NumberState.DROPPED:
        by = _("（%(name)s）", name=dropped_by) if dropped_by else ""
        return str(_("文号作废：%(reason)s", reason=number.reason) + by)
    if number.failure:
        return str(_("文件没有生成：%(reason)s", reason=number.failure))
    return str(_("后有新文代替")) if stage is Stage.REPLACED else NONE


@dataclass(frozen=True)
class Awaiting:
    """A document that waits for its next step, and the verb of the step."""

    document_id: int
    name: str
    step: Step


def read_awaiting(actor: Actor) -> list[Awaiting]:
    """Return what waits for the actor to number or issue it, oldest first."""
    return [
        Awaiting(row.id, _called(row), Step.ISSUE if row.DocumentNumber else Step.APPROVE)
        for row in queries.list_awaiting(actor)
        if policy.can_number(actor, row.kind)
    ]


def _called(row: Any) -> str:
    title = row.title.replace("\n", "")
    return f"{row.DocumentNumber.text} {title}" if row.DocumentNumber else title


def sums(lines: Sequence[Line]) -> list[tuple[str, int]]:
    """Return how many numbers were taken, are issued and were dropped."""
    issued = sum(line.stage in {Stage.ISSUED, Stage.REPLACED} for line in lines)
    dropped = sum(line.stage is Stage.DROPPED for line in lines)
    return [
        (_("取号"), len(lines)),
        (_("已印发"), issued),
        (_("未印发"), len(lines) - issued - dropped),
        (_("文号作废"), dropped),
    ]


def workbook(lines: Sequence[Line]) -> bytes:
    """Return the register as an .xlsx file."""
    rows = [
        [str(heading) for heading in HEADINGS],
        *(
            [
                line.number, line.title, line.kind, line.approved_on, line.approved_by,
                line.issued_on, line.issued_by, line.state, line.note,
            ]
            for line in lines
        ),
    ]  # fmt: skip
    target = BytesIO()
    write_workbook(target, [(_("发文登记"), rows)])
    return target.getvalue()
