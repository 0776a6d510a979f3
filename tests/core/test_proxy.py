import pytest

from fivestep_web.core.proxy import VisitorAddress


def address_seen(remote, forwarded):
    seen = {}

    def application(environ, start_response):
        seen.update(environ)
        return []

    VisitorAddress(application)(
        {"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded}, lambda *rest: None
    )
    return seen["REMOTE_ADDR"]


def test_a_proxy_on_this_machine_names_the_visitor():
    assert address_seen("127.0.0.1", "10.0.0.9") == "10.0.0.9"


def test_only_what_our_own_proxy_appended_counts():
    assert address_seen("127.0.0.1", "1.2.3.4, 10.0.0.9") == "10.0.0.9"


@pytest.mark.parametrize("forwarded", ["", "x" * 60, "10.0.0.9\n"])
def test_nonsense_is_left_alone(forwarded):
    assert address_seen("127.0.0.1", forwarded) in ("127.0.0.1", "10.0.0.9")
    assert "\n" not in address_seen("127.0.0.1", forwarded)


def test_a_strangers_claim_is_not_believed():
    assert address_seen("10.0.0.7", "127.0.0.1") == "10.0.0.7"
