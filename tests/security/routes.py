"""What the application answers to: read from its own table of addresses."""

from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

from fivestep_web.core.permissions import MATRIX, Permission, Role

UNSAFE_METHODS = {"POST", "PUT", "PATCH", "DELETE"}
NO_SUCH_ID = 2_000_000_000


@dataclass(frozen=True)
class Route:
    """One address and method."""

    endpoint: str
    method: str
    rule: Rule
    requires: tuple[Permission, ...]

    @property
    def is_public(self) -> bool:
        return self.requires == ()

    def is_granted_to(self, role: Role) -> bool:
        return any(role in MATRIX[permission] for permission in self.requires)

    def address(self, **values: object) -> str:
        """Return the path; what is not given stands for a thing that is not there."""
        path = self.rule.rule
        for name in self.rule.arguments:
            value = values.get(name, 2026 if name == "year" else NO_SUCH_ID)
            for spelled in (f"<int:{name}>", f"<{name}>", f"<path:{name}>"):
                path = path.replace(spelled, str(value))
        return path


def routes(app: Flask, *, unsafe: bool | None = None) -> list[Route]:
    """Return the routes other than the static files, all or only the (un)safe ones."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if unsafe is None or (method in UNSAFE_METHODS) == unsafe:
                declared = app.view_functions[rule.endpoint].requires  # type: ignore[attr-defined]
                found.append(Route(rule.endpoint, method, rule, declared))
    return sorted(found, key=lambda route: (route.rule.rule, route.method))
