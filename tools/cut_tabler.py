"""Cut Tabler's stylesheet down to the components our pages use.

`npm pack @tabler/core@1.0.0`, then `python tools/cut_tabler.py tabler-core-1.0.0.tgz`: writes
`fivestep_web/static/vendor/tabler-1.0.0.css` and prints its sha256 for the README beside it. The same package
gives the same bytes. Only who renews the file needs this; nobody needs it to run the product.

Kept are the rules all of whose classes are in KEPT, in their order, unchanged but for one rule a line.
Dropped are the others, the dark theme, elements no page has, variables and animations no kept rule reads.
"""

import hashlib
import json
import re
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

VENDOR = Path(__file__).parents[1] / "fivestep_web" / "static" / "vendor"
KEPT = {
    "reboot and type": "h1 h2 h3 small lead list-unstyled",
    "page heads": "page-header page-title",
    "buttons": "btn btn-primary btn-outline-danger btn-link btn-sm disabled active",
    "cards": "card card-header card-body card-title card-table",
    "tables": "table table-vcenter table-hover table-responsive table-responsive-md",
    "forms": (
        "form-label form-hint form-control form-control-sm form-select form-select-sm form-check "
        "form-check-input form-check-label form-selectgroup form-selectgroup-item form-selectgroup-input "
        "form-selectgroup-label input-group input-group-text input-icon input-icon-addon is-invalid "
        "invalid-feedback"
    ),
    "badges": "badge badge-pill bg-red bg-blue-lt bg-yellow-lt bg-green-lt bg-red-lt text-red-fg",
    "alerts": "alert alert-info alert-success alert-warning alert-danger alert-title",
    "dropdowns": "dropdown dropdown-menu dropdown-menu-end dropdown-item dropdown-header show",
    "progress": "progress",
    "navigation": "nav nav-item nav-link nav-bordered steps step-item list-group list-group-item",
    "empty states, toasts, icons": "empty empty-icon empty-title empty-subtitle empty-action toast icon",
    "helpers": (
        "visually-hidden text-secondary text-danger text-nowrap text-wrap text-center text-end fw-bold "
        "fw-normal w-100 w-auto ms-auto me-auto mb-0 mb-1 mb-2 mb-3 mb-4 mt-0 mt-1 mt-2 mt-3 mt-4 p-0 gap-1 "
        "gap-2 gap-3 d-none d-inline d-inline-block d-block d-flex d-grid d-md-none d-md-block d-print-none "
        "d-print-block flex-fill flex-wrap align-items-center align-items-start align-items-end "
        "justify-content-between justify-content-end"
    ),
}
DROPPED = (
    "[data-bs", ":host", ".was-validated", "::-ms-", ":-ms-", "::-moz-selection", "::-webkit-scrollbar",
    "::-webkit-file-upload-button", "::-webkit-datetime-edit", "::-webkit-color-swatch",
)  # fmt: skip
UNUSED_ELEMENTS = {
    *("abbr", "address", "blockquote", "cite", "figure", "h5", "h6", "hr", "iframe", "mark", "pre", "samp"),
    *("sub", "sup"),
}
HEADER = """@charset "UTF-8";
/*!
* Tabler v{version} (https://tabler.io), a cut: only the components named below, by tools/cut_tabler.py
* Copyright 2018-2025 The Tabler Authors
* Copyright 2018-2025 codecalm.net Paweł Kuna
* Licensed under MIT (https://github.com/tabler/tabler/blob/master/LICENSE), text in README.md
* Kept: {kept}
*/
"""


def read(package: Path) -> tuple[str, str]:
    """Return version and stylesheet of a packed `@tabler/core`."""
    with tarfile.open(package) as archive:
        about, css = (
            archive.extractfile(f"package/{name}") for name in ("package.json", "dist/css/tabler.min.css")
        )
        if about is None or css is None:
            raise ValueError(f"{package} is not a package of @tabler/core")
        return str(json.load(about)["version"]), css.read().decode("utf-8")


def pieces(text: str, separator: str) -> Iterator[str]:
    """Split at a separator outside strings, brackets and braces; with "}" each piece is one whole rule."""
    start = depth = 0
    quote = ""
    for at, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote and text[at - 1] != "\\" else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "({[":
            depth += 1
        elif sign in ")}]":
            depth -= 1
        if not quote and not depth and sign == separator:
            yield text[start : at + (sign == "}")].strip()
            start = at + 1
    if text[start:].strip():
        yield text[start:].strip()


def parts(rule: str) -> tuple[str, str]:
    head, _, body = rule.partition("{")
    return head.strip(), body.removesuffix("}")


def wanted(selector: str, classes: frozenset[str]) -> bool:
    """Whether each class of a selector is kept; what stands inside :not(…) need not be."""
    elements = set(re.findall(r"(?<![\w.#:\[=-])[a-z][a-z0-9]*", selector))
    if any(word in selector for word in DROPPED) or elements & UNUSED_ELEMENTS:
        return False
    return set(re.findall(r"\.(-?[a-zA-Z_][\w-]*)", re.sub(r":not\([^)]*\)", "", selector))) <= classes


def kept(rules: str, classes: frozenset[str]) -> Iterator[str]:
    for rule in pieces(rules, "}"):
        head, body = parts(rule)
        if head.startswith("@media"):
            inner = "\n".join(kept(body, classes))
            if inner:
                yield f"{head}{{\n{inner}\n}}"
        elif head.startswith("@"):
            yield rule
        else:
            selectors = [selector for selector in pieces(head, ",") if wanted(selector, classes)]
            if selectors and body:
                yield f"{','.join(selectors)}{{{body}}}"


def without_unread(css: str) -> str:
    """Drop the variables and animations nothing reads, again and again until all that is left is read."""
    while True:
        read_names = set(re.findall(r"var\((--[\w-]+)", css))
        shorter = re.sub(
            r"(?<=[{;])(--[\w-]+):(?:\"[^\"]*\"|'[^']*'|\([^()]*(?:\([^()]*\)[^()]*)*\)|[^;{}\"'()])*;?",
            lambda match: match[0] if match[1] in read_names else "",  # noqa: B023 - called at once
            css,
        )
        animations = "".join(re.findall(r"animation(?:-name)?:([^;}]*)", shorter))
        lines = [line for line in shorter.split("\n") if not line.endswith("{}")]
        shorter = "\n".join(
            line
            for line in lines
            if not (named := re.match(r"@(?:-webkit-)?keyframes ([\w-]+)", line)) or named[1] in animations
        )
        shorter = re.sub(r"@media[^{]*{\n+}\n", "", shorter)
        if shorter == css:
            return css
        css = shorter


def cut(version: str, css: str) -> str:
    """Return the cut stylesheet with its header."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL).removeprefix('@charset "UTF-8";')
    classes = frozenset(" ".join(KEPT.values()).split())
    rules = without_unread("\n".join(kept(css, classes)))
    names = set(re.findall(r"\.(-?[a-zA-Z_][\w-]*)", css))
    unknown = sorted(classes - names)
    if unknown:
        raise ValueError(f"Tabler {version} has no {', '.join(unknown)}")
    return HEADER.format(version=version, kept=", ".join(KEPT)) + rules + "\n"


def main() -> None:
    """Write the cut of the package named on the command line."""
    version, css = read(Path(sys.argv[1]))
    target = VENDOR / f"tabler-{version}.css"
    target.write_text(cut(version, css), "utf-8")
    print(
        f"{target}: {target.stat().st_size} bytes, sha256 {hashlib.sha256(target.read_bytes()).hexdigest()}"
    )


if __name__ == "__main__":
    main()
