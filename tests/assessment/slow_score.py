"""A second computation of the year's score, straight from the sheets' rows by interfaces.md.

It counts working days one by one and ballots one by one, rounds by the decimal module, and shares no code
with the product.
"""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import chinese_calendar
from python_calamine import CalamineWorkbook

GROUPS = {
    "社会调查": "social_survey",
    "群众评价": "mass_evaluation",
    "领导评价": "leader_evaluation",
    "科室互评": "peer_evaluation",
}
DEFAULTS = {
    "社会调查权重": "0.2", "群众评价权重": "0.3", "领导评价权重": "0.3", "科室互评权重": "0.2",
    "评价占比": "1", "完成情况占比": "0", "日常考核占比": "0",
    "领导评价去高去低": "是", "科室互评去高去低": "是", "单组最少有效票": "3",
    "逾期每工作日扣比例": "0.02", "逾期扣减上限": "0.2", "完成分上限": "100", "保留小数": "2",
}  # fmt: skip


def read_sheets(path):
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def slow_score(sheets):
    """The units of `fivestep score --format json`, by code."""
    settings = DEFAULTS | {row["项目"]: row["值"] for row in table(sheets, "设置")}
    year = int(settings["年度"])
    found = {}
    for unit in table(sheets, "单位"):
        if unit["参评"] == "是":
            found[unit["单位编码"]] = score_unit(sheets, settings, year, unit)
    for unit in found.values():
        rivals = [each["total"] for each in found.values() if each["category"] == unit["category"]]
        better = [
            total for total in rivals if unit["total"] and total and Decimal(total) > Decimal(unit["total"])
        ]
        unit["rank"] = len(better) + 1 if unit["total"] else None
    return found


def table(sheets, name):
    rows = sheets.get(name, [[]])
    width = len(rows[0])
    return [dict(zip(rows[0], [*row, *[""] * (width - len(row))], strict=True)) for row in rows[1:]]


def exact(value):
    text = str(value)
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def shown(value, places):
    if value is None:
        return None
    with localcontext() as context:
        context.prec = 60
        quotient = Decimal(value.numerator) / Decimal(value.denominator)
        return str(quotient.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def score_unit(sheets, settings, year, unit):
    code, places = unit["单位编码"], int(settings["保留小数"])
    groups, results = {}, {}
    for label, name in GROUPS.items():
        marks = [
            row["分值"]
            for row in table(sheets, "评价")
            if (row["评价组"], row["被评单位编码"]) == (label, code)
        ]
        numbers = sorted(exact(mark) for mark in marks if mark != "不了解")
        kept = numbers
        if settings.get(f"{label}去高去低") == "是" and len(numbers) >= 5:
            kept = numbers[1:-1]
        enough = len(numbers) >= int(settings["单组最少有效票"])
        results[label] = sum(kept, Fraction(0)) / len(kept) if enough else None
        groups[name] = {
            "ballots": len(marks), "valid": len(numbers), "result": shown(results[label], places),
        }  # fmt: skip
    evaluation = None
    if None not in results.values():
        evaluation = sum(exact(settings[f"{label}权重"]) * results[label] for label in GROUPS)
    completion = completion_of(sheets, settings, year, code)
    added = {"加分": Fraction(0), "扣分": Fraction(0)}
    vetoed = False
    for row in table(sheets, "加减分"):
        if row["单位编码"] == code and row["类型"] in added:
            added[row["类型"]] += exact(row["分值"])
        vetoed |= row["单位编码"] == code and row["类型"] == "一票否决"
    total = added["加分"] - added["扣分"]
    for share, part in (("评价占比", evaluation), ("完成情况占比", completion), ("日常考核占比", None)):
        if exact(settings[share]):
            total = None if part is None or total is None else total + exact(settings[share]) * part
    return {
        "code": code,
        "name": unit["单位名称"],
        "category": unit["类别"],
        "groups": groups,
        "evaluation_score": shown(evaluation, places),
        "completion_score": shown(completion, places),
        "daily_score": None,
        "bonus": shown(added["加分"], places),
        "deduction": shown(added["扣分"], places),
        "vetoed": vetoed,
        "total": shown(total, places),
    }


def completion_of(sheets, settings, year, code):
    points, bases = Fraction(0), Fraction(0)
    for goal in table(sheets, "目标"):
        if goal["责任单位编码"] != code or goal["上级目标编号"]:
            continue
        entries = [
            row
            for row in table(sheets, "进展")
            if row["目标编号"] == goal["目标编号"] and row["日期"] <= dt.date(year, 12, 31)
        ]
        last = max(entries, key=lambda row: row["日期"]) if entries else {"累计完成值": 0, "完成日期": ""}
        base = exact(goal["基本分"] or 10)
        parameters = dict(
            pair.split("=", 1) for pair in goal["计分参数"].replace("；", ";").split(";") if pair
        )
        if last["累计完成值"] == "不涉及":
            if parameters.get("不涉及") == "满分":
                points, bases = points + base, bases + base
            continue
        bases += base
        points += goal_points(goal, parameters, base, last, settings=settings, year=year)
    return None if not bases else min(100 * points / bases, exact(settings["完成分上限"]))


def goal_points(goal, parameters, base, last, *, settings, year):
    done, target, method = exact(last["累计完成值"]), exact(goal["目标值"] or 1), goal["计分方式"] or "按比例"
    number = {name: exact(text) for name, text in parameters.items() if name not in ("档", "不涉及")}
    earned = {
        "按比例": lambda: base * min(Fraction(1), done / target),
        "完成得满分": lambda: base if done >= target else Fraction(0),
        "分档": lambda: max(
            [exact(p) for t, p in steps(parameters) if done >= exact(t)], default=Fraction(0)
        ),
        "逐例扣分": lambda: base,
    }[method]()
    if "不足每个扣" in number:
        earned = base
    if "未完成扣" in number and done < target:
        earned = base - number["未完成扣"]
    until = last["完成日期"] or dt.date(year, 12, 31)
    due = goal["完成时限"]
    if "逾期每天扣" not in number and method != "逐例扣分":
        days = [due + dt.timedelta(days=n) for n in range(1, (until - due).days + 1)]
        late = sum(map(chinese_calendar.is_workday, days))
        earned *= 1 - min(late * exact(settings["逾期每工作日扣比例"]), exact(settings["逾期扣减上限"]))
    taken = number.get("不足每个扣", 0) * max(0, int(target - done))
    taken += number.get("逾期每天扣", 0) * max(0, (until - due).days)
    taken += number.get("每例扣", 0) * done if method == "逐例扣分" else 0
    earned = max(Fraction(0), earned - min(taken, number.get("扣分上限", base)))
    bonus = number.get("超额每个加", 0) * max(0, int(done - target))
    return earned + min(bonus, number.get("加分上限", base))


def steps(parameters):
    return [pair.split(":") for pair in parameters["档"].split(",")]
