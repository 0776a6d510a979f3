"""One unit of work per request, command or job, and what waits for its commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fivestep_web.extensions import db

AFTER_COMMIT = "after_commit"


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Commit what happened inside, or roll all of it back; then run what waited for the commit.

    The transaction starts as a writer (SQLite: BEGIN IMMEDIATE), so that a lock is never upgraded half way.
    Nested use joins the outer one, so that a service may be called from a larger unit of work.
    """
    session = db.session()
    if AFTER_COMMIT in session.info:
        yield
        return
    session.rollback()  # end the reads made before: we decide on what is stored now
    waiting: list[Callable[[], None]] = []
    session.info[AFTER_COMMIT] = waiting
    try:
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.info[AFTER_COMMIT]
    for action in waiting:
        action()


def after_commit(action: Callable[[], None]) -> None:
    """Run *action* once the running unit of work is committed, and never if it is rolled back.

    Raises KeyError outside a unit of work: there is no commit to wait for.
    """
    db.session().info[AFTER_COMMIT].append(action)
