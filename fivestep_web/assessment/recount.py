"""下载复算表: each unit's total by the workbook's own formulas, from sums and counts per group; pure.

Never a single mark: of a trimmed group the sum and the number of the marks that were kept (trust.md B7), of a
group without a result neither. Excel counts in binary, so a total is rounded to GUARD decimals before the one
rounding of the rules: a half stays a half.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from xlsxwriter.utility import xl_col_to_name

from fivestep_web.assessment.score_settings import Group, Settings
from fivestep_web.assessment.scores import UnitScore, YearScore
from fivestep_web.core.rounding import round_half_up
from fivestep_web.core.sheets import Cell, Formula, Rows

TOTALS_SHEET, RULES_SHEET = "总分复算", "复算规则"
NONE = "—"
GUARD = 10
DAILY = "日常考核"
SUM, COUNT, RESULT, WEIGHT = "计入分数之和", "计入个数", "结果", "权重"
HEADINGS = (
    "类别", "单位编码", "单位",
    *(f"{group.label}{part}" for group in Group for part in (SUM, COUNT, RESULT, WEIGHT)),
    "四组评价", "目标得分之和", "基本分之和", "完成情况", DAILY, "加分", "扣分",
    "未舍入总分", "复算总分", "复算位次", "系统总分", "系统位次", "核对",
)  # fmt: skip
RULES = (
    *(f"{group.label}权重" for group in Group),
    "评价占比", "完成情况占比", "日常考核占比", "完成分上限", "保留小数",
)  # fmt: skip


def rule_rows(settings: Settings) -> Rows:
    """Return the figures the formulas refer to; weights and shares as parts of 1."""
    values: tuple[Decimal | int, ...] = (
        *(settings.weights[group] for group in Group),
        settings.evaluation_share,
        settings.completion_share,
        settings.daily_share,
        settings.completion_cap,
        settings.decimals,
    )
    return [("项目", "数值"), *zip(RULES, values, strict=True)]


def total_rows(score: YearScore) -> Rows:
    """Return a line of sums, counts and formulas for each unit, in the order of their codes."""
    last = len(score.units)
    return [
        HEADINGS,
        *(
            _Line(place, last, unit, score.settings).cells()
            for place, unit in enumerate(score.units, start=1)
        ),
    ]


def _rule(name: str) -> str:
    return f"'{RULES_SHEET}'!$B${RULES.index(name) + 2}"


def _number(value: Fraction | Decimal) -> Decimal:
    """Return a fraction with more digits than a cell can hold."""
    return Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else value


@dataclass(frozen=True)
class _Line:
    """The cells of one unit; *place* is its row, the headings being row 0, and *last* that of the last."""

    place: int
    last: int
    unit: UnitScore
    settings: Settings

    def cells(self) -> list[Cell]:
        unit = self.unit
        return [
            unit.series,
            unit.code,
            unit.name,
            *(cell for group in Group for cell in self._group(group)),
            self._evaluation(),
            *self._completion(),
            self._daily(),
            unit.bonus,
            unit.deduction,
            *self._total(),
        ]

    def _at(self, heading: str) -> str:
        return f"{xl_col_to_name(HEADINGS.index(heading))}{self.place + 1}"

    def _down(self, heading: str) -> str:
        """Return the column of all units."""
        column = xl_col_to_name(HEADINGS.index(heading))
        return f"${column}$2:${column}${self.last + 1}"

    def _group(self, group: Group) -> list[Cell]:
        found = self.unit.groups[group]
        weight = self._weight(group)
        if found.result is None:
            return [NONE, NONE, NONE, weight]
        kept = found.valid - found.trimmed
        mean = f"{self._at(group.label + SUM)}/{self._at(group.label + COUNT)}"
        return [_number(found.result * kept), kept, Formula(mean, _number(found.result)), weight]

    def _weight(self, group: Group) -> Cell:
        """Return the weight of the rules, divided by those that count where a group is left out (E6)."""
        used = self.unit.evaluation.weights
        if group not in used:
            return "不计"
        own = _rule(f"{group.label}权重")
        if len(used) < len(Group):
            own += f"/({'+'.join(_rule(f'{each.label}权重') for each in used)})"
        return Formula(own, _number(used[group]))

    def _evaluation(self) -> Cell:
        evaluation = self.unit.evaluation
        if evaluation.score is None:
            return NONE
        parts = (
            f"{self._at(each.label + RESULT)}*{self._at(each.label + WEIGHT)}" for each in evaluation.weights
        )
        return Formula("+".join(parts), _number(evaluation.score))

    def _completion(self) -> list[Cell]:
        completion = self.unit.completion
        if completion.score is None:
            return [NONE, NONE, NONE]
        share = f"100*{self._at('目标得分之和')}/{self._at('基本分之和')}"
        return [
            _number(completion.points),
            _number(completion.bases),
            Formula(f"MIN({share},{_rule('完成分上限')})", _number(completion.score)),
        ]

    def _daily(self) -> Cell:
        """Return the daily score as it entered the total."""
        lines = (line for line in self.unit.total.lines if line.label.startswith(DAILY))
        amount = next((line.amount for line in lines), None)
        return NONE if amount is None else _number(amount / Fraction(self.settings.daily_share))

    def _total(self) -> list[Cell]:
        unit, total = self.unit, self.unit.total
        if total.exact is None or total.printed is None or unit.rank is None:
            return [NONE, NONE, NONE, NONE, NONE, "；".join(total.problems)]
        exact, counted = self._at("未舍入总分"), self._at("复算总分")
        places = _rule("保留小数")
        better = f'COUNTIFS({self._down("类别")},{self._at("类别")},{self._down("复算总分")},">"&{counted})+1'
        same_total = f"ROUND({counted}-{self._at('系统总分')},{places})=0"
        same_rank = f"{self._at('复算位次')}={self._at('系统位次')}"
        return [
            Formula(self._sum(), round_half_up(total.exact, GUARD)),
            Formula(f"ROUND(ROUND({exact},{GUARD}),{places})", total.printed),
            Formula(better, unit.rank),
            total.printed,
            unit.rank,
            Formula(f'IF(AND({same_total},{same_rank}),"一致","不一致")', "一致"),
        ]

    def _sum(self) -> str:
        settings = self.settings
        shares = (
            ("评价占比", settings.evaluation_share, "四组评价"),
            ("完成情况占比", settings.completion_share, "完成情况"),
            ("日常考核占比", settings.daily_share, DAILY),
        )
        parts = [f"{_rule(rule)}*{self._at(heading)}" for rule, share, heading in shares if share]
        return f"{'+'.join(parts)}+{self._at('加分')}-{self._at('扣分')}"
