"""C05: responsibility letters."""

from typing import Literal, TypedDict

from fivestep_web.documents.payloads.common import Common

LETTER_CODES = {
    "department_unit": "B",
    "unit_member": "D",
    "minister_section_head": "Z",
    "section_head_staff": "K",
}


class ElectronicSignature(TypedDict):
    """The line of B9 under a signature."""

    position: str  # "（代）副部长 王某甲" where a deputy signed
    signed_at: str  # "2026-01-20 09:30", local time
    check_code: str  # first 16 hex digits of the content hash
    mark_sha256: str | None  # the handwritten mark, a PNG kept under its hash; None leaves the line empty


class Verification(TypedDict):
    """What stands below the signatures, for whoever wants to check the paper."""

    serial: str  # "4F7K 2M9P 0QRS 8TVW", in groups of four
    address: str  # http://10.0.0.8:8000/verify
    has_qr: bool


class Party(TypedDict):
    """One side of a responsibility letter."""

    name: str  # 中共青禾县委组织部, 城关镇党委, or position and name of a person
    signatory_position: str  # 部长
    signatory_name: str  # 林某甲
    signature: ElectronicSignature | None  # None leaves the lines for handwriting only


class LetterGoal(TypedDict):
    """A row of the goal table of a letter."""

    sequence: int
    goal: str
    standard: str  # 完成标准
    deadline: str  # 完成时限
    weight: str  # "20"
    responsible_person: str


class LetterPhase(TypedDict):
    """A row of the letter's timetable."""

    sequence: int
    phase: str
    completion_mark: str  # 完成标志
    period: str  # 1月30日—3月4日
    responsible_person: str


class PhasedGoal(TypedDict):
    """A goal with its phases."""

    goal: str
    phases: list[LetterPhase]


class ResponsibilityLetter(Common):
    """C05 目标责任书."""

    letter_kind: Literal["department_unit", "unit_member", "minister_section_head", "section_head_staff"]
    issuing_side: Party  # 甲方
    responsible_side: Party  # 乙方
    goals: list[LetterGoal]
    total_weight: str  # "100"
    timetable: list[PhasedGoal]  # 附件：阶段时间表; an empty list leaves the attachment out
    letter_version: int  # 1, 2, … of the letter's own text
    change_note: str | None  # "本责任书由变〔2026〕3号变更，自2026年6月1日起执行。"
    verification: Verification | None  # None while there is no issued version
