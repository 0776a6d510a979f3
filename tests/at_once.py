"""Several people who do something in the same moment, on a database whose commits are real."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from flask import Flask

from fivestep_web.core.errors import Refusal
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db

A = TypeVar("A")
T = TypeVar("T")
START_SECONDS = 30


def at_once(app: Flask, action: Callable[[A], T], arguments: Sequence[A]) -> list[T | int]:
    """Return what *action* gives for each of *arguments*, all begun in the same moment.

    Each has a thread and a unit of work of its own. A refusal gives its status; what else is raised in a
    thread is raised here.
    """
    start = threading.Barrier(len(arguments))

    def alone(argument: A) -> T | int:
        with app.app_context():
            try:
                start.wait(START_SECONDS)
                with unit_of_work():
                    return action(argument)
            except Refusal as refusal:
                return refusal.status
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(alone, arguments))
