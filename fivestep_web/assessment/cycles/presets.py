"""Where a plan starts from: known rules, and rosters that follow from units and posts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

from flask_babel import gettext as _

from fivestep_web.assessment.cycles import queries
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.score_settings import Group, Settings
from fivestep_web.assessment.settings_store import read_settings, store_settings
from fivestep_web.assessment.year_rules import DEFAULT_METHOD, DEFAULT_PARAMETERS, GOAL_RULES
from fivestep_web.core.permissions import Role

KEY_LENGTH = 12
LEADER_ROLES = (Role.MIN, Role.EXD, Role.DEP)


class Basis(StrEnum):
    """What a plan's rules start from."""

    DEFAULT = "default"
    WORKBOOK = "workbook"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A line proposed for the rosters; *code_count* is None where only the office knows it."""

    group: Group
    series: Series
    name: str
    unit_id: int | None
    code_count: int | None

    @property
    def key(self) -> str:
        """Return what names the line in a form, whatever else is proposed beside it."""
        return sha256(f"{self.group}|{self.series}|{self.name}".encode()).hexdigest()[:KEY_LENGTH]


def bases(year: int) -> list[tuple[Basis, str]]:
    """Return what the year's plan can start from, with its label."""
    found = [
        (Basis.DEFAULT, _("默认方案：社会调查20%、群众评价30%、领导评价30%、科室互评20%")),
        (Basis.WORKBOOK, _("%(year)s年度工作簿的“设置”表", year=year)),
    ]
    if find_previous(year) is not None:
        found.append((Basis.PREVIOUS, _("%(year)s年度考核方案", year=year - 1)))
    return found


def find_previous(year: int) -> AssessmentCycle | None:
    """Return the cycle of the year before, once its rules were frozen."""
    cycle = queries.find_cycle(year - 1)
    return cycle if cycle is not None and cycle.state is not CycleState.CONFIGURING else None


def settings_from(basis: Basis, year: int) -> dict[str, Any]:
    """Return all settings of a plan by its basis, figures as texts; no goal has a rule of the plan yet."""
    settings, rule = Settings(), ("", "")
    if basis is Basis.WORKBOOK:
        settings = read_settings(queries.demand_year(year).settings, year)
    previous = find_previous(year) if basis is Basis.PREVIOUS else None
    if previous is not None:
        stored = queries.get_version(previous, previous.rule_version).settings
        settings = read_settings(stored, year - 1)
        rule = stored[DEFAULT_METHOD], stored[DEFAULT_PARAMETERS]
    return {
        **store_settings(settings),
        DEFAULT_METHOD: rule[0],
        DEFAULT_PARAMETERS: rule[1],
        GOAL_RULES: {},
    }


def propose_rosters(units: Mapping[Series, Mapping[int, str]], day: date) -> list[Proposal]:
    """Return the rosters that follow from the cycle's units and the posts held on *day* (R5.10–R5.13).

    The public, deputies and members of the CPPCC are counted by the office; township organizers, leaders and
    peers follow from the posts and units.
    """
    held = queries.organizer_counts(day)
    townships = queries.unit_choices()[Series.TOWNSHIPS]
    leaders = queries.count_holders(day, LEADER_ROLES)
    organizers = [
        (unit_id, _("%(unit)s组织委员、组织干事", unit=name), held.get(unit_id, 0))
        for unit_id, (name, _is_assessed) in townships.items()
    ]
    return [
        proposal for series in Series for proposal in _of_series(series, units[series], organizers, leaders)
    ]


def _of_series(
    series: Series,
    units: Mapping[int, str],
    organizers: Sequence[tuple[int, str, int]],
    leaders: int,
) -> list[Proposal]:
    mass = Group.MASS_EVALUATION
    return [
        Proposal(Group.SOCIAL_SURVEY, series, _("群众"), None, None),
        *(Proposal(mass, series, name, unit_id, count or None) for unit_id, name, count in organizers),
        Proposal(mass, series, _("人大代表"), None, None),
        Proposal(mass, series, _("政协委员"), None, None),
        Proposal(Group.LEADER_EVALUATION, series, _("部领导"), None, leaders or None),
        *(Proposal(Group.PEER_EVALUATION, series, name, unit_id, 1) for unit_id, name in units.items()),
    ]
