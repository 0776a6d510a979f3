"""The steps of a bulletin or a review on its page: taken as it was shown, or shown again with why not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from fivestep_web.assessment.daily.forms import MoveForm, ReasonForm
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Actor, Permission, actor, requires


class Commands(Protocol):
    """What can be done with one kind of paper: its services."""

    def refresh(self, actor: Actor, paper: Any, /) -> None: ...
    def submit(self, actor: Actor, paper: Any, /) -> None: ...
    def pass_on(self, actor: Actor, paper: Any, /) -> None: ...
    def send_back(self, actor: Actor, paper: Any, /, *, reason: str) -> None: ...
    def reopen(self, actor: Actor, paper: Any, /, *, reason: str) -> None: ...


@dataclass(frozen=True, slots=True)
class PaperPages:
    """The pages of one kind of paper; each takes the values of *rule*, as its path names them.

    *get* also takes lock and revision; *show* the paper, a status, and as keywords the step and its form.
    """

    blueprint: Blueprint
    rule: str
    name: str
    commands: Commands
    get: Callable[..., Any]
    show: Callable[..., ResponseReturnValue]
    leave: Callable[..., ResponseReturnValue]


@dataclass(frozen=True, slots=True)
class Step:
    """A button of the page: its word in the address, who may press it, what is said once it is done."""

    word: str
    permissions: tuple[Permission, ...]
    done: LazyString
    take: Callable[[Commands, Any, MoveForm], None]
    form: type[MoveForm] = MoveForm


OFFICE, REVIEWERS = Permission.BULLETIN_PREPARE, Permission.BULLETIN_ISSUE
STEPS = (
    Step(
        "refresh",
        (OFFICE,),
        _l("已按台账重新计算"),
        lambda commands, paper, _form: commands.refresh(actor(), paper),
    ),
    Step(
        "submit",
        (OFFICE,),
        _l("已送审，Word 稿正在生成"),
        lambda commands, paper, _form: commands.submit(actor(), paper),
    ),
    Step(
        "pass",
        (REVIEWERS,),
        _l("已审核，可以批准编号"),
        lambda commands, paper, _form: commands.pass_on(actor(), paper),
    ),
    Step(
        "return",
        (REVIEWERS,),
        _l("已退回办公室修改"),
        lambda commands, paper, form: commands.send_back(actor(), paper, reason=form.reason.data),
        ReasonForm,
    ),
    Step(
        "reopen",
        (OFFICE, REVIEWERS),
        _l("已重新起草；已印发的通报不变"),
        lambda commands, paper, form: commands.reopen(actor(), paper, reason=form.reason.data),
        ReasonForm,
    ),
)


def add_steps(pages: PaperPages) -> None:
    """Give every step an address below the paper's own."""
    for step in STEPS:
        pages.blueprint.add_url_rule(
            f"{pages.rule}/{step.word}",
            f"{pages.name}_{step.word}",
            requires(*step.permissions)(_view(pages, step)),
            methods=["POST"],
        )


def _view(pages: PaperPages, step: Step) -> Callable[..., ResponseReturnValue]:
    def take_step(**place: int) -> ResponseReturnValue:
        form = step.form()

        def take() -> None:
            paper = pages.get(**place, lock=True, revision=form.revision.data)
            step.take(pages.commands, paper, form)

        if not carry_out(form, take):
            return pages.show(pages.get(**place), 422, step=step.word, form=form)
        return pages.leave(**place, message=str(step.done))

    return take_step
