"""Compile a part of a template to a function that gives its bytes.

A template prints fields, chooses and repeats. What else Jinja knows (calls, subscripts, assignments, macros,
imports) and every name that begins with an underscore is refused when the template is compiled, so nothing is
left for the sandbox to look at when it is filled: a field is looked up in an object of the payload, never as
an attribute of a Python object (trust.md D1).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Final, cast

from jinja2 import BaseLoader, StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment

from fivestep_web.documents.values import word_bytes

Filled = Callable[[dict[str, Any]], bytes]

_ALLOWED: Final = (
    nodes.Template,
    nodes.TemplateData,
    nodes.Output,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.Filter,
    nodes.Test,
    nodes.If,
    nodes.CondExpr,
    nodes.For,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Add,
    nodes.Compare,
    nodes.Operand,
)
_TESTS: Final = frozenset({"none"})
_LOOP: Final = "loop"
_OF_A_LOOP: Final = frozenset({"first", "last", "index"})


class NotAllowedInTemplateError(SecurityError):
    """A template says what it may not; *name* is what."""

    def __init__(self, name: str, line: int) -> None:
        super().__init__(f"第{line}行：模板中不能使用 {name}")
        self.name = name


def compiled(source: str, filters: Mapping[str, Callable[..., Any]]) -> Filled:
    """Return what fills *source* with values and gives UTF-8.

    Raises TemplateSyntaxError for a wrong tag, SecurityError for one that a template may not have. Filling
    raises UndefinedError or KeyError for a field that is not there, TypeError for what is no text or number.
    """
    environment = _environment(filters)
    tree = _parsed(environment, source)
    template = Template.from_code(environment, environment.compile(tree), {})
    pieces = template.root_render_func

    def fill(values: dict[str, Any]) -> bytes:
        return b"".join(cast("Iterator[bytes]", pieces(template.new_context(values, shared=True))))

    return fill


def parsed(source: str, filters: Mapping[str, Callable[..., Any]]) -> nodes.Template:
    """Return what *source* says; raises like `compiled`."""
    return _parsed(_environment(filters), source)


def _environment(filters: Mapping[str, Callable[..., Any]]) -> "_Environment":
    environment = _Environment(undefined=StrictUndefined, finalize=word_bytes, loader=BaseLoader())
    environment.globals.clear()
    environment.filters = dict(filters)
    return environment


def _parsed(environment: "_Environment", source: str) -> nodes.Template:
    tree = environment.parse(source)
    _look_through(tree, {*environment.filters, *_TESTS})
    return tree


def _look_through(tree: nodes.Template, known: Collection[str]) -> None:
    """Raise SecurityError for what *tree* may not have; *known* are its filters and tests."""
    for node in (tree, *tree.find_all(nodes.Node)):
        name = node.attr if isinstance(node, nodes.Getattr) else getattr(node, "name", "")
        if (
            type(node) not in _ALLOWED
            or name.startswith("_")
            or (isinstance(node, nodes.Getattr) and not isinstance(node.node, nodes.Name | nodes.Getattr))
            or (isinstance(node, nodes.Filter | nodes.Test) and name not in known)
        ):
            raise NotAllowedInTemplateError(name or type(node).__name__, node.lineno)


class _Writer(CodeGenerator):
    """Writes the Python code of a template whose pieces are bytes."""

    def write_commons(self) -> None:
        super().write_commons()
        self.writeline("printed = environment.finalize")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        """Write a field's look-up; only `loop`, which Jinja itself makes, has attributes."""
        self.visit(node.node, frame)
        is_loop = isinstance(node.node, nodes.Name) and node.node.name == _LOOP
        self.write(f".{node.attr}" if is_loop and node.attr in _OF_A_LOOP else f"[{node.attr!r}]")

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        del frame, finalize
        if isinstance(node, nodes.TemplateData):
            return node.data
        raise nodes.Impossible

    def _output_const_repr(self, group: Iterable[Any]) -> str:
        return repr("".join(group).encode())

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        del node, frame, finalize
        self.write("printed(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        del node, frame, finalize
        self.write(")")


class _Environment(SandboxedEnvironment):
    code_generator_class = _Writer
