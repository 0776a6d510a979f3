"""Voters who hand in their slips without a browser of their own, through the addresses a phone uses."""

import re
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from http.cookiejar import CookieJar

TICKET = re.compile(r'name="ticket" value="([^"]+)"')
UNIT = re.compile(r'id="unit-(\d+)".*?</span>([^<]+)</legend>', re.DOTALL)
TRACKING = re.compile(r'class="tracking">([^<]+)<')


class Slip:
    """One printed code in a voter's hand; *door* is survey or ballot."""

    def __init__(self, address: str, door: str, typed: str) -> None:
        self.home, self.typed = f"{address}/{door}", typed
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def cast(self, mark_of: Callable[[str], str]) -> tuple[dict[str, str], str]:
        """Type the code in and hand in a mark for every unit by its name; return these and the number."""
        entry = self._ask("", None)
        page = self._ask("/enter", {"ticket": TICKET.search(entry)[1], "code": self.typed})
        units = {unit: name.strip() for unit, name in UNIT.findall(page)}
        given = {name: mark_of(name) for name in units.values()}
        fields = {"ticket": TICKET.search(page)[1]}
        for unit, name in units.items():
            fields |= {f"mark-{unit}": given[name], f"read-{unit}": "1"}
        return given, TRACKING.search(self._ask("/submit", fields))[1]

    def _ask(self, path: str, fields: Mapping[str, str] | None) -> str:
        data = None if fields is None else urllib.parse.urlencode(fields).encode()
        with self.browser.open(self.home + path, data, timeout=30) as answer:
            return str(answer.read().decode())
