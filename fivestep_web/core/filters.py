"""Jinja filters: how dates, moments and figures are written for people."""

from datetime import date, datetime
from decimal import Decimal

from flask import Flask

from fivestep_web.core.clock import ZONE


def full_date(day: date | None) -> str:
    """Return 2026年3月31日, or — for none (no leading zeros: GB/T 9704 7.3.5)."""
    return "—" if day is None else f"{day.year}年{day.month}月{day.day}日"


def short_date(day: date | None) -> str:
    """Return 03-31, or — for none."""
    return "—" if day is None else f"{day:%m-%d}"


def moment(value: datetime | None) -> str:
    """Return 2026-03-31 09:30 in Asia/Shanghai, or — for none."""
    return "—" if value is None else f"{value.astimezone(ZONE):%Y-%m-%d %H:%M}"


def moment_date(value: datetime | None) -> str:
    """Return 2026-03-31 in Asia/Shanghai, or — for none."""
    return "—" if value is None else f"{value.astimezone(ZONE):%Y-%m-%d}"


def share(value: Decimal | None) -> str:
    """Return a part of 1 as 25%, or — for none."""
    return "—" if value is None else f"{figure(value * 100)}%"


def figure(value: Decimal | None) -> str:
    """Return a quantity without needless zeros, or — for none."""
    return "—" if value is None else format(value.normalize() + 0, "f")


def init_app(app: Flask) -> None:
    """Make the filters known to the templates."""
    app.jinja_env.filters.update(
        full_date=full_date,
        short_date=short_date,
        moment=moment,
        moment_date=moment_date,
        figure=figure,
        share=share,
    )
