"""Tokens of the interface: whose rights, cut to what, until when."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.accounts.models import User
from fivestep_web.core.database import Base
from fivestep_web.documents.api.rules import TokenAct, TokenFacts
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.org.models import Unit

LONGEST_NAME = 100


class ApiToken(Base):
    """A key of another system, drawn up by an administrator, collected by the account that answers for it.

    *secret_hash* is the SHA-256 of the whole token, empty until it is collected; *prefix* is the part by
    which people recognise it. *year* and *unit_id* None: all. *expires_on* is the last day of use.
    """

    __tablename__ = "api_token"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    prefix: Mapped[str] = mapped_column(String(8), unique=True)
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    may_list: Mapped[bool]
    may_fetch: Mapped[bool]
    kinds: Mapped[list[Any]]
    year: Mapped[int | None] = mapped_column(ForeignKey("plan_year.year"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    expires_on: Mapped[date]
    created_at: Mapped[datetime]
    collected_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_on: Mapped[date | None]
    list_count: Mapped[int] = mapped_column(default=0)
    fetch_count: Mapped[int] = mapped_column(default=0)
    owner: Mapped[User] = relationship(foreign_keys=[owner_id])
    unit: Mapped[Unit | None] = relationship()

    __table_args__ = (
        CheckConstraint("may_list OR may_fetch", name="may_do_something"),
        CheckConstraint("(collected_at IS NULL) = (secret_hash IS NULL)", name="collected_with_a_secret"),
    )

    @property
    def facts(self) -> TokenFacts:
        """Return what the state follows from."""
        return TokenFacts(
            is_collected=self.collected_at is not None,
            is_revoked=self.revoked_at is not None,
            expires_on=self.expires_on,
        )

    @property
    def acts(self) -> tuple[TokenAct, ...]:
        """Return what may be asked with it."""
        given = ((TokenAct.LIST, self.may_list), (TokenAct.FETCH, self.may_fetch))
        return tuple(act for act, may in given if may)

    @property
    def document_kinds(self) -> tuple[DocumentKind, ...]:
        """Return the kinds it reaches, in the order of part C."""
        return tuple(kind for kind in DocumentKind if kind.value in self.kinds)
