"""What the page 管理 leads to; each feature adds its own pages."""

from dataclasses import dataclass

from flask import Flask, current_app

from fivestep_web.core.permissions import Actor, Permission

# who sees 管理 at all; what it leads to is each page's own matter
PERMISSIONS = (
    Permission.ORG_MANAGE,
    Permission.ACCOUNT_MANAGE,
    Permission.YEAR_MANAGE,
    Permission.KEY_APPROVE,
    Permission.STEP_TWO_OPEN,
    Permission.CALENDAR_EDIT,
    Permission.MOVED_DATE_DECIDE,
    Permission.WORKBOOK_IMPORT,
    Permission.TEMPLATE_MANAGE,
    Permission.JOB_READ,
    Permission.AUDIT_READ,
    Permission.TOKEN_MANAGE,
)


@dataclass(frozen=True)
class AdminPage:
    """One line of the page 管理: shown to whoever holds one of *permissions*."""

    order: int
    label: str
    about: str
    endpoint: str
    permissions: tuple[Permission, ...]


def add(app: Flask, page: AdminPage) -> None:
    """Show *page* on the page 管理 of *app*; labels are Chinese and shown as they are."""
    app.extensions.setdefault("fivestep_admin_pages", []).append(page)


def pages_for(actor: Actor) -> list[AdminPage]:
    """Return the pages this actor may open, in order."""
    pages: list[AdminPage] = current_app.extensions.get("fivestep_admin_pages", [])
    return sorted(
        (page for page in pages if any(actor.may(item) for item in page.permissions)),
        key=lambda page: page.order,
    )
