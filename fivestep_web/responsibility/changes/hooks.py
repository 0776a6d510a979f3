"""What higher steps do before and once a change order changed goals, in the same unit of work."""

from collections.abc import Callable

from fivestep_web.responsibility.changes.models import ChangeOrder

Callback = Callable[[ChangeOrder], None]

_before: list[Callback] = []
_callbacks: list[Callback] = []


def on_carrying_out(callback: Callback) -> None:
    """Call *callback* whenever an order is about to change its goals."""
    if callback not in _before:
        _before.append(callback)


def carrying_out(order: ChangeOrder) -> None:
    """Do what was attached to an order that is about to change its goals."""
    for callback in _before:
        callback(order)


def on_carried_out(callback: Callback) -> None:
    """Call *callback* whenever an order has changed its goals."""
    if callback not in _callbacks:
        _callbacks.append(callback)


def carried_out(order: ChangeOrder) -> None:
    """Do what was attached to an order that has changed its goals."""
    for callback in _callbacks:
        callback(order)
