"""Letters of responsibility (责任书): kinds, states and who comes next, pure (R2.8-R2.11, domain.md 5.2)."""

import enum
import re
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_FLOOR, Decimal


class LetterKind(enum.StrEnum):
    """R2.8-R2.10: the four kinds of letter."""

    DEPARTMENT_UNIT = "department_unit"
    UNIT_MEMBER = "unit_member"
    MINISTER_SECTION_HEAD = "minister_section_head"
    SECTION_HEAD_STAFF = "section_head_staff"


KIND_LABELS = {
    LetterKind.DEPARTMENT_UNIT: "部与责任单位",
    LetterKind.UNIT_MEMBER: "单位与同志",
    LetterKind.MINISTER_SECTION_HEAD: "主管部长与科室负责人",
    LetterKind.SECTION_HEAD_STAFF: "科室负责人与科室人员",
}
NUMBER_LETTERS = {
    LetterKind.DEPARTMENT_UNIT: "B",
    LetterKind.UNIT_MEMBER: "D",
    LetterKind.MINISTER_SECTION_HEAD: "Z",
    LetterKind.SECTION_HEAD_STAFF: "K",
}
UPPER_KIND = {
    LetterKind.UNIT_MEMBER: LetterKind.DEPARTMENT_UNIT,
    LetterKind.SECTION_HEAD_STAFF: LetterKind.MINISTER_SECTION_HEAD,
}


class MilestoneState(enum.StrEnum):
    """domain.md 5.3; what is overdue is computed, never stored."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    COMPLETED = "completed"
    RESCHEDULED = "rescheduled"


MILESTONE_STATE_LABELS = {
    MilestoneState.PLANNED: "未启动",
    MilestoneState.IN_PROGRESS: "推进中",
    MilestoneState.SUBMITTED: "待验收",
    MilestoneState.SENT_BACK: "退回整改",
    MilestoneState.COMPLETED: "已完成",
    MilestoneState.RESCHEDULED: "已调整",
}


class LetterState(enum.StrEnum):
    """domain.md 5.2."""

    DRAFT = "draft"
    ISSUED = "issued"
    OBJECTED = "objected"
    ACCEPTED = "accepted"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    SETTLED = "settled"
    ARCHIVED = "archived"
    VOID = "void"


STATE_LABELS = {
    LetterState.DRAFT: "起草",
    LetterState.ISSUED: "待签订",
    LetterState.OBJECTED: "有异议",
    LetterState.ACCEPTED: "责任方已签",
    LetterState.IN_FORCE: "已生效",
    LetterState.SUPERSEDED: "已变更",
    LetterState.SETTLED: "已考核",
    LetterState.ARCHIVED: "已归档",
    LetterState.VOID: "作废",
}

TRANSITIONS: dict[LetterState, frozenset[LetterState]] = {
    LetterState.DRAFT: frozenset({LetterState.ISSUED, LetterState.VOID}),
    LetterState.ISSUED: frozenset({LetterState.ACCEPTED, LetterState.OBJECTED, LetterState.VOID}),
    LetterState.OBJECTED: frozenset({LetterState.DRAFT}),
    LetterState.ACCEPTED: frozenset({LetterState.IN_FORCE, LetterState.VOID}),
    LetterState.IN_FORCE: frozenset({LetterState.SUPERSEDED, LetterState.SETTLED}),
    LetterState.SUPERSEDED: frozenset(),
    LetterState.SETTLED: frozenset({LetterState.ARCHIVED}),
    LetterState.ARCHIVED: frozenset(),
    LetterState.VOID: frozenset(),
}
GONE = frozenset({LetterState.VOID, LetterState.SUPERSEDED})
UNSIGNED = frozenset({LetterState.DRAFT, LetterState.ISSUED, LetterState.OBJECTED, LetterState.ACCEPTED})


class SigningStep(enum.StrEnum):
    """Who signs: the responsible side (乙方) first, the issuing side (甲方) countersigns."""

    RESPONSIBLE = "responsible"
    ISSUING = "issuing"


STEP_LABELS = {SigningStep.RESPONSIBLE: "乙方", SigningStep.ISSUING: "甲方"}
NEXT_STEP = {
    LetterState.ISSUED: SigningStep.RESPONSIBLE,
    LetterState.ACCEPTED: SigningStep.ISSUING,
}
AFTER_SIGNING = {
    SigningStep.RESPONSIBLE: LetterState.ACCEPTED,
    SigningStep.ISSUING: LetterState.IN_FORCE,
}


class Capacity(enum.StrEnum):
    """In which capacity somebody signs: for oneself, or as deputy (代) under a mandate."""

    PRINCIPAL = "principal"
    DEPUTY = "deputy"


class AssignmentRole(enum.StrEnum):
    """What somebody has to do with a goal (R2.5): exactly one lead, any number of the others."""

    LEAD = "lead"
    ASSIST = "assist"
    SUPERVISE = "supervise"
    READ = "read"


ASSIGNMENT_LABELS = {
    AssignmentRole.LEAD: "责任人",
    AssignmentRole.ASSIST: "协办",
    AssignmentRole.SUPERVISE: "督办",
    AssignmentRole.READ: "阅知",
}


class ChangeKind(enum.StrEnum):
    """R2.1: goals change, the letter goes to a new post-holder, or some tasks go to another comrade."""

    AMEND = "amend"
    HANDOVER = "handover"
    REASSIGN = "reassign"


CHANGE_LABELS = {
    ChangeKind.AMEND: "目标调整",
    ChangeKind.HANDOVER: "职务变动移交",
    ChangeKind.REASSIGN: "调整责任人",
}


class ChangeState(enum.StrEnum):
    """A change order from request to re-signing."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    IN_FORCE = "in_force"


OPEN = frozenset({ChangeState.PROPOSED, ChangeState.APPROVED})
CHANGE_STATE_LABELS = {
    ChangeState.PROPOSED: "待批准",
    ChangeState.APPROVED: "待重新签订",
    ChangeState.REFUSED: "未批准",
    ChangeState.WITHDRAWN: "已撤回",
    ChangeState.IN_FORCE: "已生效",
}

SERIAL_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SERIAL_LENGTH = 16
LONGEST_TYPED = 100
_MISREAD = str.maketrans("OIL", "011")
_BETWEEN_GROUPS = re.compile(r"[\s\-‐–—_.·]+")


def letter_number(year: int, kind: LetterKind, serial: int) -> str:
    """Return the number of a letter: 责〔2026〕K3号."""
    return f"责〔{year}〕{NUMBER_LETTERS[kind]}{serial}号"


def new_serial() -> str:
    """Return a verification code of 80 random bits, without letters that look like figures."""
    return "".join(secrets.choice(SERIAL_ALPHABET) for _ in range(SERIAL_LENGTH))


def printed_serial(serial: str) -> str:
    """Return a verification code as it is printed: in groups of four."""
    return " ".join(serial[at : at + 4] for at in range(0, len(serial), 4))


def typed_serial(text: str) -> str | None:
    """Return the verification code that somebody typed, None for what cannot be one.

    Spaces and hyphens, lower case and full-width characters do no harm; O counts as 0, I and L as 1.
    """
    plain = _plain_serial(text)
    return plain if len(plain) == SERIAL_LENGTH and set(plain) <= set(SERIAL_ALPHABET) else None


def serial_fault(text: str) -> str:
    """Return why what somebody typed cannot be a verification code, empty where it can be one."""
    plain = _plain_serial(text)
    strange = "".join(dict.fromkeys(character for character in plain if character not in SERIAL_ALPHABET))
    if strange:
        return f"核验编号里没有“{strange[:SERIAL_LENGTH]}”，请只输入数字和字母"
    if len(plain) < SERIAL_LENGTH:
        return f"核验编号共 {SERIAL_LENGTH} 位，只输入了 {len(plain)} 位，少 {SERIAL_LENGTH - len(plain)} 位"
    if len(plain) > SERIAL_LENGTH:
        return f"核验编号共 {SERIAL_LENGTH} 位，输入的多了 {len(plain) - SERIAL_LENGTH} 位"
    return ""


def _plain_serial(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text[:LONGEST_TYPED]).upper().translate(_MISREAD)
    return _BETWEEN_GROUPS.sub("", plain)


def may_become(state: LetterState, wanted: LetterState) -> bool:
    """Say whether domain.md 5.2 lists this transition."""
    return wanted in TRANSITIONS[state]


def begin_of(starts_on: date | None, previous_end: date | None, goal_begin: date | None) -> date | None:
    """Return the first day of a phase: its own from a plan, else the day after the phase before (R3.4).

    A begin that does not lie after *previous_end* is none. The first phase begins with the goal.
    """
    if starts_on is not None and (previous_end is None or starts_on > previous_end):
        return starts_on
    return goal_begin if previous_end is None else date.fromordinal(previous_end.toordinal() + 1)


def late_days(state: LetterState, in_force_on: date | None, *, signing_ends: date, today: date) -> int:
    """Return how many calendar days after *signing_ends* a letter was signed, or still is not; 0 in time.

    domain.md 5.2, signing window: *signing_ends* is the last working day of January, itself still in time.
    """
    if in_force_on is None and state not in UNSIGNED:
        return 0
    return max(0, ((in_force_on or today) - signing_ends).days)


class SheetError(ValueError):
    """The weights typed on a sheet do not total 100 (R2.4); the message is for the person who mends it."""


def sheet_weights(points: Sequence[Decimal], typed: Sequence[bool]) -> list[Decimal]:
    """Return the weights, totalling 100, of the goals of one sheet: the one place where R2.4 is kept.

    *points* and *typed* (Goal.is_weight_typed) go goal by goal. Where one was typed the points are the
    weights and SheetError is raised unless they total exactly 100; imported points become shares of 100.
    """
    if not any(typed):
        return weights(points)
    over = sum(points, Decimal(0)) - 100
    if over:
        gap = f"多出{over.normalize():f}" if over > 0 else f"还差{-over.normalize():f}"
        raise SheetError(f"权重合计{(over + 100).normalize():f}，{gap}，请在目标表中调整到合计100")
    return list(points)


def weights_shown(points: Sequence[Decimal], typed: Sequence[bool]) -> list[Decimal]:
    """Return the weights of one sheet as they stand: shares of 100, or as typed whatever they total.

    It is the sheet's page and the letter that say what is missing to 100 (`sheet_weights`).
    """
    return list(points) if any(typed) else weights(points)


def weights(points: Sequence[Decimal]) -> list[Decimal]:
    """Return each share of 100 with two places, by largest remainder, so that a sheet totals 100 exactly.

    interfaces.md, "基本分": 100 × 基本分 ÷ the sum over the sheet. All zero when nothing has points.
    """
    total = sum(points, Decimal(0))
    if total <= 0:
        return [Decimal("0.00")] * len(points)
    cent = Decimal("0.01")
    exact = [100 * item / total for item in points]
    floors = [share.quantize(cent, rounding=ROUND_FLOOR) for share in exact]
    missing = int((100 - sum(floors, Decimal(0))) / cent)
    by_remainder = sorted(range(len(points)), key=lambda index: (floors[index] - exact[index], index))
    for index in by_remainder[:missing]:
        floors[index] += cent
    return floors
