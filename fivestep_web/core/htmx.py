"""The only reader of HX-* headers: one address, two shapes (style.md section 4)."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from htmx_flask import make_response, request


def wants_fragment() -> bool:
    """Say whether htmx asks for the fragment and not the whole page."""
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


def render(page: str, fragment: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    """Render *fragment* for htmx, else the whole *page* that includes it."""
    return render_template(fragment if wants_fragment() else page, **context), status


def announce(fragment: str, event: str, **context: Any) -> ResponseReturnValue:
    """Answer htmx with *fragment* and tell the page by *event* that something it shows is out of date."""
    response: Response = make_response(render_template(fragment, **context), trigger=event)
    return response


def done(url: str, fragment: str, message: str, *, event: str = "", **context: Any) -> ResponseReturnValue:
    """Answer a success: the fragment with a toast for htmx, else 303 to *url* with a flashed message.

    *event* tells the page that something else it shows is out of date.
    """
    if not wants_fragment():
        flash(message, "success")
        return redirect(url, 303)
    events: dict[str, Any] = {"toast": {"message": message, "tone": "done"}}
    if event:
        events[event] = {}
    response: Response = make_response(render_template(fragment, **context), trigger=events)
    return response


def current_path() -> str:
    """Return the path and query of the page htmx stands on; a claim of the client, used only to come back."""
    parts = urlsplit(request.htmx.current_url or "")
    return parts.path + (f"?{parts.query}" if parts.query else "")


def leave(url: str, message: str = "") -> ResponseReturnValue:
    """Leave the page for *url*; htmx gets HX-Redirect, since a 303 would be followed in the swap."""
    if message:
        flash(message, "success")
    if wants_fragment():
        response: Response = make_response("", redirect=url)
        return response
    return redirect(url, 303)


def sign_in(url: str) -> ResponseReturnValue:
    """Send the browser to the sign-in page instead of swapping it into the fragment's place."""
    response: Response = make_response("", redirect=url)
    response.status_code = 401
    return response


def refusal(fragment: str, status: int) -> ResponseReturnValue:
    """Answer htmx with a toast that leaves the page and what was typed as they are."""
    response: Response = make_response(fragment, retarget="#toasts", reswap="beforeend")
    response.status_code = status
    return response
