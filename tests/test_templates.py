"""Guards over every template: it parses, is inert under the security policy and works without scripts."""

import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "fivestep_web" / "static"
VENDOR = STATIC / "vendor"
PAGES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
FORBIDDEN_ATTRIBUTES = {"style", "hx-boost", "hx-delete", "hx-put", "hx-patch", "srcdoc"}
FORBIDDEN_TEXT = ("|safe", "hx-on", "js:", "javascript:", "data-hx-")
ADDRESSES = ("src", "href", "action", "formaction", "hx-get", "hx-post", "xlink:href")
HTMX_WORDS = set(re.findall(r"hx-[a-z-]*[a-z]", (VENDOR / "htmx-4.0.1.min.js").read_text("utf-8"))) | {
    "hx-get",
    "hx-post",
}


def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    env.filters.update(
        fingerprint=str, full_date=str, short_date=str, moment=str, moment_date=str, figure=str, share=str
    )
    env.globals.update(csrf_token=str, get_flashed_messages=list, url_for=str)
    return env


def source(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8")


class Element:
    def __init__(self, tag: str, attributes: dict[str, str], parent: "Element | None") -> None:
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.children: list[Element] = []

    def above(self) -> "list[Element]":
        return [self, *(self.parent.above() if self.parent else [])]

    def below(self) -> "list[Element]":
        return [self, *(element for child in self.children for element in child.below())]


class Reader(HTMLParser):
    """The elements of a template whose expressions stand as they are and whose statements are gone."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.open = Element("", {}, None)
        text = re.sub(r"{#.*?#}", "", text, flags=re.DOTALL)
        text = re.sub(r"{%.*?%}", " ", text, flags=re.DOTALL)
        self.feed(re.sub(r"{{(.*?)}}", self._expression, text, flags=re.DOTALL))
        self.elements = self.root.below()

    @staticmethod
    def _expression(match: re.Match[str]) -> str:
        return "expr-" + hashlib.sha256("".join(match[1].split()).encode()).hexdigest()[:12]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: value or "" for key, value in attrs}, self.open)
        self.open.children.append(element)
        if tag not in VOID:
            self.open = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.children.append(Element(tag, {key: value or "" for key, value in attrs}, self.open))

    def handle_endtag(self, tag: str) -> None:
        matching = next((element for element in self.open.above() if element.tag == tag), None)
        if matching is not None and matching.parent is not None:
            self.open = matching.parent


def faults(text: str) -> list[str]:
    """Return what the policy or a browser without scripts would trip over, in words."""
    found = [f"contains {word}" for word in FORBIDDEN_TEXT if word in re.sub(r"\|\s*", "|", text)]
    for element in Reader(text).elements:
        found += [
            f"<{element.tag}>: {fault}"
            for fault in (*inline(element), *dialect(element), *scriptless(element))
        ]
    return found


def inline(element: Element) -> list[str]:
    found = [
        f"attribute {name}"
        for name in element.attributes
        if name in FORBIDDEN_ATTRIBUTES or name.startswith("on")
    ]
    if element.tag in {"style", "iframe", "object", "embed", "base"}:
        found.append("element not allowed")
    if element.tag == "script" and not element.attributes.get("src"):
        found.append("script without src")
    return found + [
        f"{name} leads outside"
        for name in ADDRESSES
        if re.match(r"\s*([a-z][a-z0-9+.-]*:|//)", element.attributes.get(name, ""), re.IGNORECASE)
    ]


def dialect(element: Element) -> list[str]:
    words = [name.split(":")[0] for name in element.attributes if name.startswith("hx-")]
    found = [f"{word} is unknown to htmx 4.0.1" for word in words if word not in HTMX_WORDS]
    if any(name.endswith(":inherited") for name in element.attributes) and element.tag != "body":
        found.append("inherits beyond the token of <body>")
    if "[" in element.attributes.get("hx-trigger", ""):
        found.append("hx-trigger with a filter needs eval")
    return found


def scriptless(element: Element) -> list[str]:
    """Each hx-get and hx-post has a plain twin: its own address, its form's, or a link inside it."""
    found = []
    attributes = element.attributes
    forms = [above for above in element.above() if above.tag == "form"]
    if "hx-post" in attributes:
        plain = "formaction" in attributes or any(
            form.attributes.get("method") == "post" and form.attributes.get("action") for form in forms
        )
        found += [] if plain else ["hx-post without a form that posts"]
    if "hx-get" in attributes:
        links = any(below.tag == "a" and below.attributes.get("href") for below in element.below())
        plain = links or any(
            form.attributes.get("action") and form.attributes.get("method") != "post" for form in forms
        )
        found += [] if plain else ["hx-get without a link or a form that gets"]
    return found


def called(tree: nodes.Template) -> set[str]:
    return {node.node.name for node in tree.find_all(nodes.Call) if isinstance(node.node, nodes.Name)}


def known(tree: nodes.Template) -> set[str]:
    names = {macro.name for macro in tree.find_all(nodes.Macro)}
    names |= {node.name for node in tree.find_all(nodes.Name) if node.ctx in {"store", "param"}}
    for statement in tree.find_all(nodes.FromImport):
        names |= {name if isinstance(name, str) else name[1] for name in statement.names}
    return names


@pytest.mark.parametrize("name", PAGES)
def test_each_template_parses_and_calls_only_what_it_imports(name: str) -> None:
    env = environment()
    tree = env.parse(source(name), name)
    builtin = {*env.globals, "_", "gettext", "ngettext", "caller"}
    assert called(tree) - known(tree) - builtin == set()
    env.get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_each_import_names_what_is_there(name: str) -> None:
    env = environment()
    for statement in env.parse(source(name)).find_all(nodes.FromImport):
        assert isinstance(statement.template, nodes.Const)
        there = env.parse(source(statement.template.value))
        names = {macro.name for macro in there.find_all(nodes.Macro)}
        names |= {target.target.name for target in there.body if isinstance(target, nodes.Assign)}
        wanted = {entry if isinstance(entry, str) else entry[0] for entry in statement.names}
        assert wanted <= names


@pytest.mark.parametrize("name", PAGES)
def test_each_template_is_inert_and_works_without_scripts(name: str) -> None:
    assert faults(source(name)) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_icon_is_in_the_sprite(name: str) -> None:
    there = set(re.findall(r'<symbol id="([a-z-]+)"', (VENDOR / "tabler-icons.svg").read_text("utf-8")))
    used = {
        leaf.value
        for call in environment().parse(source(name)).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "icon"
        for argument in call.args
        for leaf in icon_names(argument)
    }
    assert used <= there


def icon_names(argument: nodes.Expr) -> list[nodes.Const]:
    if isinstance(argument, nodes.CondExpr):
        return [leaf for branch in (argument.expr1, argument.expr2) if branch for leaf in icon_names(branch)]
    return [argument] if isinstance(argument, nodes.Const) else []


@pytest.mark.parametrize(
    "bad",
    [
        "<p>{{ text|safe }}</p>",
        "<p>{{ text | safe }}</p>",
        '<p style="color: red">x</p>',
        '<a href="/x" onclick="go()">x</a>',
        "<script>go()</script>",
        '<script src="https://cdn.example/x.js"></script>',
        '<img src="//cdn.example/x.png" alt="">',
        '<a href="javascript:go()">x</a>',
        '<button hx-on:click="go()">x</button>',
        '<form method="post" action="/x" hx-post="/x" hx-disabled-elt="find button"></form>',
        '<form method="post" action="/x" hx-post="/x" hx-ext="json"></form>',
        '<form method="post" action="/x"><button hx-delete="/x">x</button></form>',
        '<section hx-target:inherited="this"></section>',
        '<a href="/x" hx-get="/x" hx-trigger="click[ctrlKey]">x</a>',
        '<button hx-post="/x">x</button>',
        '<form method="get" action="/x"><button hx-post="/x">x</button></form>',
        '<div hx-get="/x" hx-trigger="load"></div>',
    ],
)
def test_what_the_policy_forbids_is_noticed(bad: str) -> None:
    assert faults(bad)


@pytest.mark.parametrize(
    "good",
    [
        '<form method="post" action="{{ url }}" hx-post="{{ url }}" hx-disable="find button"></form>',
        '<form method="get" action="/x" hx-get="/x"><input name="q"></form>',
        '<div hx-get="{{ url }}" hx-trigger="load delay:2s"><a href="{{ page }}">刷新</a></div>',
        '<a href="/x" hx-get="/x">x</a>',
        """<body hx-headers:inherited='{"X-CSRFToken": "{{ csrf_token() }}"}'></body>""",
    ],
)
def test_what_works_without_scripts_is_let_through(good: str) -> None:
    assert faults(good) == []


def test_vendored_files_are_the_ones_listed() -> None:
    listed = dict(
        re.findall(
            r"^\| `([^`]+)` .*`([0-9a-f]{64})` \|$", (VENDOR / "README.md").read_text("utf-8"), re.MULTILINE
        )
    )
    there = {path.name for path in VENDOR.iterdir()} - {"README.md"}
    assert listed == {name: hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() for name in there}


def styles() -> str:
    """Return our stylesheets without comments and strings."""
    text = "".join(path.read_text("utf-8") for path in STATIC.rglob("*.css"))
    return re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", text, flags=re.DOTALL)


def constants(node: nodes.Node) -> list[str]:
    return [
        str(leaf.value) for leaf in ([node] if isinstance(node, nodes.Const) else node.find_all(nodes.Const))
    ]


def classes(name: str) -> set[str]:
    """Return the classes a template writes; one that ends in an expression is cut before it, with a star."""
    tree = environment().parse(source(name))
    given = [keyword.value for keyword in tree.find_all(nodes.Keyword) if keyword.key == "class"]
    tables = [entry.node for entry in tree.find_all(nodes.Assign) if is_table_of_looks(entry.target)]
    given += [pair.value for table in tables for pair in table.find_all(nodes.Pair)]
    texts = [element.attributes.get("class", "") for element in Reader(source(name)).elements]
    texts += [text for node in given for text in constants(node)]
    words = {word for text in texts for word in text.split()}
    return {re.sub(r"expr-[0-9a-f]{12}.*", "*", word) for word in words} - {"*"}


def is_table_of_looks(target: nodes.Node) -> bool:
    return isinstance(target, nodes.Name) and target.name.endswith(("_looks", "_colours"))


@pytest.mark.parametrize("name", PAGES)
def test_every_class_is_one_a_stylesheet_or_the_script_knows(name: str) -> None:
    known_classes = set(
        re.findall(r"\.(-?[a-zA-Z][\w-]*)", styles() + (STATIC / "app.js").read_text("utf-8"))
    )
    unknown = {
        word
        for word in classes(name)
        if not any(
            there == word or (word[-1] == "*" and there.startswith(word[:-1])) for there in known_classes
        )
    }
    assert unknown == set()


def test_every_variable_a_stylesheet_reads_is_one_a_stylesheet_sets() -> None:
    text = (STATIC / "app.css").read_text("utf-8")
    assert set(re.findall(r"var\((--[\w-]+)", text)) <= set(re.findall(r"(--[\w-]+)\s*:", styles()))


def test_static_files_ask_for_nothing_outside() -> None:
    for path in (*STATIC.rglob("*.css"), *STATIC.rglob("*.js")):
        text = path.read_text("utf-8")
        assert "sourceMappingURL" not in text
        assert "@import" not in text
        assert not re.search(r"""url\((?!"data:image/svg)""", text)
    assert len((STATIC / "app.js").read_text("utf-8").splitlines()) < 100
