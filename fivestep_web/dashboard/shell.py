"""What stands around every page: name, year switch, navigation, who is signed in."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import gettext as _

from fivestep_web.core import admin_menu, clock, settings
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.dashboard import queries
from fivestep_web.org import years

STEPS: tuple[tuple[str, str, int | None, str, tuple[Permission, ...], tuple[str, ...]], ...] = (
    ("today", "今天", None, "dashboard.today", (Permission.SIGNED_IN,), ("dashboard",)),
    ("topics", "课题", 1, "topics.topic_index", (Permission.TOPIC_READ,), ("topics",)),
    (
        "responsibility",
        "责任",
        2,
        "letters.letter_index",
        (Permission.LETTER_READ,),
        (
            "letters",
            "changes",
            "versions",
            "goals",
            "signing",
            "timetable",
            "letter_runs",
            "coverage",
            "matrix",
            "sheets",
            "goal_bulk",
            "goal_roles",
            "duties",
        ),
    ),
    (
        "execution",
        "推进",
        3,
        "execution.schedule",
        (Permission.LEDGER_READ,),
        (
            "execution",
            "plans",
            "acceptance",
            "evidence_files",
            "wall",
            "notices",
            "problems",
            "meetings",
            "meeting_people",
            "agenda",
            "resolutions",
            "correctives",
            "evaluations",
            "timeline",
            "feedback",
            "extension_requests",
            "limits",
        ),
    ),
    ("ledger", "台账", 4, "ledger.ledger_index", (Permission.LEDGER_READ,), ("ledger", "inquiries")),
    (
        "assessment",
        "考核",
        5,
        "assessment.assessment_index",
        (Permission.RESULT_READ, Permission.ADMONITION_READ, Permission.DAILY_READ),
        (
            "assessment",
            "cycles",
            "admonitions",
            "paper",
            "polls",
            "bulletins",
            "points",
            "adjustments",
            "reviews",
            "review_orders",
            "achievements",
            "publicity",
            "objections",
            "adjustments",
            "commendations",
            "grades",
            "recommendations",
        ),
    ),
    (
        "documents",
        "文档",
        None,
        "documents.document_index",
        (Permission.DOCUMENT_READ,),
        ("documents", "numbers", "personnel", "pdf", "saved_views"),
    ),
    (
        "admin",
        "管理",
        None,
        "org.admin_index",
        admin_menu.PERMISSIONS,
        (
            "org",
            "people",
            "account_admin",
            "audit",
            "workbook",
            "calendar_import",
            "operations",
            "key_approvals",
            "printing",
            "letterheads",
            "templates",
            "tokens",
            "demo",
        ),
    ),
)


@dataclass(frozen=True)
class NavItem:
    """One entry of the navigation."""

    key: str
    label: str
    number: int | None
    url: str
    active: bool


@dataclass(frozen=True)
class Shell:
    """What templates/base.html shows around the page."""

    organization: str
    year: int | None
    years: list[int]
    year_url: str | None
    nav: list[NavItem]
    waiting: int
    user_name: str | None
    position: str | None
    account_url: str | None
    logout_url: str | None
    demo: bool
    rehearsal_date: date | None
    rehearsal_url: str | None
    search_url: str | None


class Abilities:
    """Lets a template ask `may.letter_issue`: the same matrix the routes ask."""

    def __init__(self, actor: Actor | None) -> None:
        self._actor = actor

    def __getattr__(self, name: str) -> bool:
        return self._actor is not None and self._actor.may(Permission(name))


def _nav(app: Flask, actor: Actor, year: int | None) -> list[NavItem]:
    carried: dict[str, Any] = {} if year == years.default_year() else {"year": year}
    return [
        NavItem(key, _(label), number, url_for(endpoint, **carried), request.blueprint in blueprints)
        for key, label, number, endpoint, permissions, blueprints in STEPS
        if endpoint in app.view_functions and any(actor.may(item) for item in permissions)
    ]


def build(app: Flask) -> Shell:
    """Return the shell of the page being made; few statements, all of them small."""
    actor: Actor | None = g.get("actor")
    rehearsal = clock.rehearsal_date()
    if actor is None:
        return Shell(
            settings.department_name(), None, [], None, [], 0, None, None, None, None,
            rehearsal is not None, rehearsal, None, None,
        )  # fmt: skip
    year = years.find_selected_year()
    can_move = rehearsal is not None and actor.may(Permission.REHEARSAL_MOVE)
    return Shell(
        organization=settings.department_name(),
        year=year,
        years=years.list_years(),
        year_url=None,
        nav=_nav(app, actor, year),
        waiting=queries.count_waiting(actor, year),
        user_name=actor.name,
        position=actor.position,
        account_url=url_for("accounts.account_show"),
        logout_url=url_for("accounts.logout"),
        demo=rehearsal is not None,
        rehearsal_date=rehearsal,
        rehearsal_url=url_for("demo.rehearsal_edit") if can_move else None,
        search_url=None,
    )


def init_app(app: Flask) -> None:
    """Hand every template the shell and what its reader may do."""

    def around() -> dict[str, Any]:
        if "shell" not in g:
            g.shell = build(app)
        return {"shell": g.shell, "may": Abilities(g.get("actor"))}

    app.context_processor(around)
