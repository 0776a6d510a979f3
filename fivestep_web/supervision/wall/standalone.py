"""The rules of static/wall-chart.css as attributes, for what reads SVG but no stylesheets; pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_ELEMENT = re.compile(r'<([a-z]+) class="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Rule:
    """What a selector below .w sets: an element name, or classes that must all be there."""

    tag: str
    classes: frozenset[str]
    properties: tuple[tuple[str, str], ...]

    def fits(self, tag: str, classes: frozenset[str]) -> bool:
        return self.tag in {"", tag} and self.classes <= classes


def read_rules(css: str) -> list[Rule]:
    """Return the rules of a stylesheet, the more particular ones last."""
    rules = []
    for selector, block in _RULE.findall(_COMMENT.sub("", css)):
        name = selector.split()[-1]
        tag, *classes = name.split(".")
        pairs = (line.split(":", 1) for line in block.split(";") if ":" in line)
        properties = tuple((key.strip(), value.strip().replace('"', "'")) for key, value in pairs)
        rules.append(Rule(tag, frozenset(classes), properties))
    return sorted(rules, key=lambda rule: len(rule.classes))


def with_attributes(svg: str, rules: Sequence[Rule]) -> str:
    """Return *svg* with the properties of *rules* as attributes in the place of its classes."""
    known: dict[tuple[str, str], str] = {}

    def replaced(found: re.Match[str]) -> str:
        tag, classes = found.groups()
        if (tag, classes) not in known:
            given = frozenset(classes.split())
            properties: dict[str, str] = {}
            for rule in rules:
                if rule.fits(tag, given):
                    properties |= rule.properties
            known[tag, classes] = "".join(f' {key}="{value}"' for key, value in properties.items())
        return f"<{tag}{known[tag, classes]}"

    return _ELEMENT.sub(replaced, svg)
