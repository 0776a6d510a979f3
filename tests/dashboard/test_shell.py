"""The navigation knows where every page stands."""

from fivestep_web.dashboard.shell import STEPS

ONES_OWN = {"accounts", "keys", "mandates", "own_tokens"}
DOWNLOADS = {"evidence"}
WITHOUT_ACCOUNT = {"ballot", "survey", "verify"}
FOR_PROGRAMS = {"api"}


def test_every_page_is_marked_in_the_navigation_or_stands_outside_it(app):
    marked = {blueprint for *_, blueprints in STEPS for blueprint in blueprints}
    pages = {
        rule.endpoint.partition(".")[0]
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and "." in rule.endpoint
    }
    assert pages - marked == ONES_OWN | DOWNLOADS | WITHOUT_ACCOUNT | FOR_PROGRAMS
    assert marked <= set(app.blueprints)
