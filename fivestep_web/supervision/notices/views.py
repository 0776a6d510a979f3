"""Supervision notices (督办, 8.3): list, one notice with its answers, dry run, the own digest."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import NotAllowed
from fivestep_web.core.forms import BaseForm, carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services as documents
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.years import get_selected_year
from fivestep_web.supervision.extensions import policy as extension_policy
from fivestep_web.supervision.extensions.queries import extended, list_of_item
from fivestep_web.supervision.notices import (
    dry_run,
    extending,
    forms,
    page,
    payloads,
    policy,
    queries,
    services,
)
from fivestep_web.supervision.notices.digest_rules import SECTION_LABELS, Section
from fivestep_web.supervision.notices.models import SupervisionNotice
from fivestep_web.supervision.notices.rules import Colour, NoticeState, TalkOutcome
from fivestep_web.supervision.signals.turns import find_signals_day

blueprint = Blueprint("notices", __name__)

FARTHEST = timedelta(days=60)


@blueprint.get("/notices")
@requires(Permission.NOTICE_READ)
def notice_index() -> ResponseReturnValue:
    wanted, today = page.read_filter(request.args, get_selected_year()), clock.today()
    rows = queries.list_notices(actor(), wanted, today)
    shown, rest = page.cut(rows, request.args.get("before", type=int))
    return htmx.render(
        "notices/notice_index.html",
        "notices/_notice_rows.html",
        wanted=wanted,
        rows=shown,
        next_url=url_for(".notice_index", **page.address_of(wanted), before=shown[-1].number)
        if rest
        else None,
        sums=page.sums(rows, today),
        today=today,
        units=unit_choices(),
        leaders=queries.leader_choices(wanted.year),
        colours=[(item.value, f"{item.shape} {item.label}") for item in reversed(Colour)],
        states=[(item.value, item.label) for item in NoticeState],
        late=page.LATE,
        may_try_out=policy.can_try_out(actor()),
        signals_on=find_signals_day(),
    )


@blueprint.get("/notices/<int:notice_id>")
@requires(Permission.NOTICE_READ)
def notice_show(notice_id: int) -> ResponseReturnValue:
    return _show(queries.get_notice(actor(), notice_id))


@blueprint.post("/notices/<int:notice_id>/receipt")
@requires(Permission.NOTICE_READ)
def notice_receipt(notice_id: int) -> ResponseReturnValue:
    with unit_of_work():
        services.note_opened(actor(), queries.get_notice(actor(), notice_id, lock=True))
    if not htmx.wants_fragment():
        return htmx.leave(url_for(".notice_show", notice_id=notice_id), _("已签收"))
    notice = queries.get_notice(actor(), notice_id)
    return render_template(
        "notices/_notice_recipients.html", notice=notice, shown=page.build(actor(), notice)
    )


def _show(notice: SupervisionNotice, status: int = 200, **failed: Any) -> ResponseReturnValue:
    revision = notice.revision
    return render_template(
        "notices/notice_show.html",
        shown=page.build(actor(), notice),
        notice=notice,
        today=clock.today(),
        moved=extended(extending.KIND, [notice.id]).get(notice.id),
        extensions=list_of_item(actor(), extending.KIND, notice.id),
        may_extend=extension_policy.can_ask(actor(), extending.item_of(notice)),
        answer_form=forms.answer_form(notice.colour, revision=revision),
        accept_form=forms.AcceptForm(formdata=None, data={"revision": revision}),
        return_form=forms.ReturnForm(formdata=None, data={"revision": revision}),
        talk_form=forms.TalkForm(
            formdata=None, data={"revision": revision, "outcome": TalkOutcome.HELD.value}
        ),
        failed=failed or None,
    ), status


def _take(
    notice_id: int, step: str, form: BaseForm, command: Callable[[SupervisionNotice], object], done: str
) -> ResponseReturnValue:
    """Take a step with the notice as it was shown, or show it again with what was typed and why not."""

    def take() -> None:
        revision: int | None = form["revision"].data
        command(queries.get_notice(actor(), notice_id, lock=True, revision=revision))

    if not carry_out(form, take):
        return _show(queries.get_notice(actor(), notice_id), 422, step=step, form=form)
    return htmx.leave(url_for(".notice_show", notice_id=notice_id), done)


@blueprint.post("/notices/<int:notice_id>/answer")
@requires(Permission.NOTICE_ANSWER)
def notice_answer(notice_id: int) -> ResponseReturnValue:
    form = forms.answer_form(queries.get_notice(actor(), notice_id).colour)

    def answer(notice: SupervisionNotice) -> None:
        plan = form["plan"].data if "plan" in form else ""
        services.answer(actor(), notice, text=form.text.data, plan=plan)

    return _take(notice_id, "answer", form, answer, _("已答复"))


@blueprint.post("/notices/<int:notice_id>/accept")
@requires(Permission.NOTICE_JUDGE)
def notice_accept(notice_id: int) -> ResponseReturnValue:
    form = forms.AcceptForm()
    return _take(
        notice_id,
        "accept",
        form,
        lambda notice: services.accept(actor(), notice, note=form.note.data or ""),
        _("已同意，督办单办结"),
    )


@blueprint.post("/notices/<int:notice_id>/return")
@requires(Permission.NOTICE_JUDGE)
def notice_return(notice_id: int) -> ResponseReturnValue:
    form = forms.ReturnForm()
    return _take(
        notice_id,
        "return",
        form,
        lambda notice: services.send_back(actor(), notice, reason=form.reason.data),
        _("已退回重报，答复时限从今天重新计算"),
    )


@blueprint.post("/notices/<int:notice_id>/talk")
@requires(Permission.TALK_DECIDE)
def notice_talk(notice_id: int) -> ResponseReturnValue:
    form = forms.TalkForm()
    return _take(
        notice_id,
        "talk",
        form,
        lambda notice: services.decide_talk(
            actor(),
            notice,
            outcome=TalkOutcome(form.outcome.data),
            held_on=form.held_on.data,
            note=form.note.data,
        ),
        _("约谈决定已登记"),
    )


@blueprint.post("/notices/<int:notice_id>/paper")
@requires(Permission.NOTICE_READ)
def notice_paper(notice_id: int) -> ResponseReturnValue:
    if not actor().may(Permission.DOCUMENT_READ):
        raise NotAllowed(_("您的岗位不能看文档。"))
    with unit_of_work():
        notice = queries.get_notice(actor(), notice_id)
        wanted = payloads.notice_request(notice.id)
        documents.request_documents(actor(), notice.year, [wanted], wanted.title)
    return htmx.leave(url_for(".notice_show", notice_id=notice_id), _("Word 稿正在生成，稍后刷新查看"))


@blueprint.get("/notices/dry-run")
@requires(Permission.NOTICE_TRY_OUT)
def notice_dry_run() -> ResponseReturnValue:
    today = clock.today()
    wanted = request.args.get("day", type=date.fromisoformat) or today
    day = min(max(wanted, today), today + FARTHEST)
    return render_template(
        "notices/dry_run.html",
        run=dry_run.preview(day),
        today=today,
        farthest=today + FARTHEST,
        signals_on=find_signals_day(),
    )


@blueprint.get("/notices/digest")
@requires(Permission.NOTICE_READ)
def digest_show() -> ResponseReturnValue:
    today = clock.today()
    day = request.args.get("day", type=date.fromisoformat) or today
    digest = queries.find_digest(actor(), day)
    items = digest.items if digest else []
    blocks = [
        (SECTION_LABELS[section], found)
        for section in Section
        if (found := [item for item in items if item["section"] == section])
    ]
    return render_template(
        "notices/digest_show.html",
        day=day,
        today=today,
        blocks=blocks,
        digest=digest,
        days=queries.list_digest_days(actor(), day.year),
    )


@blueprint.post("/notices/digest/<int:digest_id>/read")
@requires(Permission.NOTICE_READ)
def digest_read(digest_id: int) -> ResponseReturnValue:
    with unit_of_work():
        digest = queries.get_digest(actor(), digest_id)
        services.note_digest_opened(actor(), digest)
        day = digest.day
    return htmx.leave(url_for(".digest_show", day=day.isoformat()), _("已阅"))
