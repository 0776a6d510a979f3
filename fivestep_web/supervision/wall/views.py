"""The war-room chart (挂图作战): on screen, on paper, in the meeting room (R3.4)."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock, htmx
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.documents.downloads import attached
from fivestep_web.documents.pdf import office
from fivestep_web.documents.pdf.office import NoPdfError
from fivestep_web.extensions import limiter
from fivestep_web.org.years import get_selected_year
from fivestep_web.supervision.wall import page, printing, queries
from fivestep_web.supervision.wall.filters import SIGNALS, read_view
from fivestep_web.supervision.wall.paper import TILES, PaperSize
from fivestep_web.supervision.wall.queries import WallContent
from fivestep_web.supervision.wall.rules import SPAN_LABELS
from fivestep_web.supervision.wall.svg import Addresses

blueprint = Blueprint("wall", __name__)


def _content() -> WallContent:
    view = read_view(request.args, get_selected_year(), clock.today())
    return queries.load(actor(), view)


@blueprint.get("/wall")
@requires(Permission.LEDGER_READ)
def wall_show() -> ResponseReturnValue:
    content = _content()
    wall = page.plan(content)
    addresses = Addresses(url_for("goals.goal_index"), f"{url_for('ledger.ledger_index')}/entries")
    return render_template(
        "wall/wall_show.html",
        content=content,
        view=content.view,
        wall=wall,
        drawn=page.draw(content, wall, addresses),
        legend=page.legend(),
        signals=SIGNALS,
        spans=list(SPAN_LABELS.items()),
        kept=page.kept_arguments(content),
    )


@blueprint.get("/wall/print")
@requires(Permission.LEDGER_READ)
def wall_print() -> ResponseReturnValue:
    content = _content()
    paper = printing.read_paper(request.args.get("paper", ""))
    tiles = printing.read_tiles(paper, request.args.get("tiles", ""))
    kept = page.kept_arguments(content)
    return render_template(
        "wall/wall_print.html",
        made=printing.print_chart(content, paper, tiles),
        sizes=[(size, url_for(".wall_print", paper=size.value, **kept)) for size in PaperSize],
        tilings=[
            (size, url_for(".wall_print", paper=paper.value, tiles=size.value, **kept))
            for size in TILES.get(paper, ())
        ],
        pdf=url_for(".wall_pdf", paper=paper.value, **kept) if office.find_program() else None,
        back=url_for(".wall_show", **kept),
    )


@blueprint.get("/wall/pdf")
@requires(Permission.LEDGER_READ)
@limiter.limit("10/minute", key_func=lambda: f"wall:{actor().user_id}")
def wall_pdf() -> ResponseReturnValue:
    content = _content()
    paper = printing.read_paper(request.args.get("paper", ""))
    try:
        data = printing.make_pdf(content, paper)
    except NoPdfError as refusal:
        flash(
            _("没有生成 PDF：%(reason)s。请在打印页用浏览器打印，或另存为 PDF。", reason=refusal), "warning"
        )
        return redirect(url_for(".wall_show", **page.kept_arguments(content)), 303)
    name = _("%(year)s年度挂图（%(paper)s）.pdf", year=content.view.year, paper=paper)
    return attached(Response(data, mimetype="application/pdf"), name)


@blueprint.get("/wall/room")
@requires(Permission.LEDGER_READ)
def wall_room() -> ResponseReturnValue:
    content = _content()
    screen = printing.screen(content, request.args.get("page", 1, type=int))
    kept = page.kept_arguments(content)
    return htmx.render(
        "wall/wall_room.html",
        "wall/_wall_screen.html",
        screen=screen,
        following=url_for(".wall_room", page=screen.following if screen else 1, **kept),
        back=url_for(".wall_show", **kept),
    )
