"""Whether the tags of a template name fields of its kind and say only what a template may say."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

from jinja2 import nodes
from jinja2.exceptions import TemplateError, TemplateSyntaxError

from fivestep_web.documents.filters import FILTERS
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.template_code import NotAllowedInTemplateError, parsed
from fivestep_web.documents.word_templates.fields import ATTACHED, PRINTABLE, Field, Shape, fields_of
from fivestep_web.documents.word_templates.findings import Finding
from fivestep_web.documents.word_templates.tags import Tag

_ALLOWED: Final = "模板里只能打印字段，用 if 选择、用 for 重复，过滤器见字段说明"
_SEE: Final = "可用的字段见本种文书的字段说明"
_LOOP: Final = {
    "index": Field("index", "loop.index", Shape.NUMBER),
    "first": Field("first", "loop.first", Shape.FLAG),
    "last": Field("last", "loop.last", Shape.FLAG),
}
_TEXT: Final = Field("", "", Shape.TEXT)
_NUMBER: Final = Field("", "", Shape.NUMBER)
_RESULTS: Final = {"length": _NUMBER}  # of filters; the others give texts
_ENDS: Final = {"endif": "if", "endfor": "for"}
_FILTERED: Final = frozenset({"join", "length", "names"})  # filters that take a list


_NO_TAG: Final = Tag("", "", "", "", "", is_print=False)


class _Wrong(Exception):  # noqa: N818 - carries a sentence and how to mend it
    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


class _Told(Exception):  # noqa: N818 - a name that only a for, told already, would have explained
    pass


@dataclass
class _Block:
    """An open if or for: the names it brings, None where its list is wrong, and what it asked for."""

    word: str
    tag: Tag
    names: dict[str, Field | None] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)


@dataclass
class Reader:
    """Reads the tags of one part after the other.

    What they name is in *printed* and *asked*: each path with the first tag that does.
    """

    kind: DocumentKind
    printed: dict[str, Tag] = field(default_factory=dict)
    asked: dict[str, Tag] = field(default_factory=dict)
    _blocks: list[_Block] = field(default_factory=list)
    _part: str = ""
    _tag: Tag = _NO_TAG

    def read(self, tags: Sequence[Tag]) -> Iterator[Finding]:
        """Yield what is wrong with *tags*."""
        for tag in tags:
            if tag.part != self._part:
                yield from self._end_part(tag.part)
            self._tag = tag
            try:
                self._take(tag)
            except _Wrong as wrong:
                yield tag.finding(wrong.problem, wrong.remedy)
            except _Told:
                continue
        yield from self._end_part("")

    def _end_part(self, following: str) -> Iterator[Finding]:
        for block in self._blocks:
            yield block.tag.finding(
                f"{block.word} 没有结束", f"请在后面补上 {{% end{block.word} %}}，前缀（p、tr）与开头相同"
            )
        self._blocks.clear()
        self._part = following

    def _take(self, tag: Tag) -> None:
        if tag.is_print:
            self._print(tag)
            return
        word, _space, rest = tag.code.partition(" ")
        if word in {"if", "elif"}:
            self._if(tag, word, rest)
        elif word == "for":
            self._for(tag)
        elif word == "else" and not rest.strip():
            if not self._blocks:
                raise _Wrong("else 前面没有 if", "请补上 {% if … %}，或删去这个标签")
        elif word in _ENDS and not rest.strip():
            self._end(word)
        else:
            raise _Wrong(f"模板里不能使用“{word or tag.raw}”", _ALLOWED)

    def _end(self, word: str) -> None:
        if not self._blocks or self._blocks[-1].word != _ENDS[word]:
            raise _Wrong(f"{word} 与前面的开头不配对", "请检查 if、for 是否一层一层地结束")
        self._blocks.pop()

    def _if(self, tag: Tag, word: str, test: str) -> None:
        tree = _parsed(f"{{% if {test} %}}{{% endif %}}", nodes.If)
        if word == "elif":
            if not self._blocks or self._blocks[-1].word != "if":
                raise _Wrong("elif 前面没有 if", "请补上 {% if … %}，或改成 if")
            self._blocks[-1].asked |= self._ask(tree.test)
            return
        block = _Block("if", tag)
        self._blocks.append(block)
        block.asked = self._ask(tree.test)

    def _for(self, tag: Tag) -> None:
        block = _Block("for", tag)
        self._blocks.append(block)
        tree = _parsed(f"{{% {tag.code} %}}{{% endfor %}}", nodes.For)
        try:
            item = self._item(tree.iter)
        except (_Wrong, _Told):
            block.names = {tree.target.name: None}
            raise
        block.names = {tree.target.name: item}
        if tree.test is not None:
            block.asked = self._ask(tree.test)

    def _item(self, node: nodes.Node) -> Field:
        """Return what a for over *node* takes one by one."""
        rows = self._value(node)
        self._guarded(rows)
        if rows.shape is not Shape.LIST or rows.item is None:
            raise _Wrong(f"“{rows.name}”不是一组，不能用 for 逐个取", _SEE)
        return rows.item

    def _print(self, tag: Tag) -> None:
        tree = _parsed(f"{{{{ {tag.code} }}}}", nodes.Output)
        shown = self._shown(tree.nodes[0])
        if not tag.text and shown.shape is not Shape.NUMBER and "shade" not in tag.code:
            raise _Wrong(f"“{tag.code}”写在了正文文字以外的地方", "文字字段只能写在看得见的文字里")
        if tag.prefix not in {"", "p"}:
            raise _Wrong(f"“{tag.code}”前面多了 {tag.prefix}", f"请写成 {{{{ {tag.code} }}}}")
        if tag.prefix == "p":
            if shown.shape is not Shape.BLOCK:
                raise _Wrong(f"“{tag.code}”不是成段内容", "请去掉 {{p 里的 p")
        elif shown.shape is Shape.BLOCK:
            raise _Wrong(
                f"“{tag.code}”是成段内容，不能放在文字里", f"请写成 {{{{p {tag.code} }}}} 并单独成段"
            )
        elif shown.shape not in PRINTABLE:
            remedy = f"请写 {{% for 项 in {tag.code} %}} 逐个取" if shown.shape is Shape.LIST else _SEE
            raise _Wrong(f"“{tag.code}”是{shown.shape.value.partition('，')[0]}，不能直接打印", remedy)

    def _shown(self, node: nodes.Node) -> Field:
        """Return what an expression prints and note that it does."""
        if isinstance(node, nodes.CondExpr):
            with self._within(_Block("", self._tag, asked=self._ask(node.test))):
                first = self._shown(node.expr1)
            if node.expr2 is not None:
                self._shown(node.expr2)
            return first
        found = self._value(node)
        self._guarded(found)
        for name in self._named(node):
            self.printed.setdefault(name.path, self._tag)
        return found

    def _ask(self, node: nodes.Node) -> set[str]:
        """Return the paths that a test asks for; what is asked first may be named in the rest of it."""
        with self._within(_Block("", self._tag)) as block:
            for part in _parts(node):
                self._value(part)
                block.asked |= {found.path for found in self._named(part)}
                block.asked |= _attached(part)
        for path in block.asked:
            self.asked.setdefault(path, self._tag)
        return block.asked

    @contextmanager
    def _within(self, block: _Block) -> Iterator[_Block]:
        """Let what is read meanwhile stand in *block*."""
        self._blocks.append(block)
        try:
            yield block
        finally:
            self._blocks.pop()

    def _named(self, node: nodes.Node) -> Iterator[Field]:
        """Yield each field an expression names, the longest way to it only."""
        if isinstance(node, nodes.Name | nodes.Getattr):
            yield self._value(node)
            return
        for child in node.iter_child_nodes():
            yield from self._named(child)
        if isinstance(node, nodes.Filter) and node.name == "names" and node.node is not None:
            rows = self._value(node.node)
            if rows.item and node.args and isinstance(node.args[0], nodes.Const):
                yield from (one for one in rows.item.inner.values() if one.name == node.args[0].value)

    def _value(self, node: nodes.Node) -> Field:
        """Return what *node* gives; raises _Wrong for a field that is not there."""
        if isinstance(node, nodes.Name):
            return self._look_up(node.name)
        if isinstance(node, nodes.Getattr):
            return self._inner(node)
        if isinstance(node, nodes.Filter):
            return self._filtered(node)
        for child in node.iter_child_nodes():
            if not isinstance(child, nodes.Operand):
                self._value(child)
            else:
                self._value(child.expr)
        return _NUMBER if isinstance(node, nodes.Add) else _TEXT

    def _look_up(self, name: str) -> Field:
        for block in reversed(self._blocks):
            if name in block.names:
                found = block.names[name]
                if found is None:
                    raise _Told
                return found
        if name == "loop" and any(block.word == "for" for block in self._blocks):
            return Field("loop", "loop", Shape.RECORD, inner=_LOOP)
        known = fields_of(self.kind)
        if name not in known:
            names = {**known, **{one: None for block in self._blocks for one in block.names}}
            raise _unknown(name, names)
        return known[name]

    def _inner(self, node: nodes.Getattr) -> Field:
        holder = self._value(node.node)
        if node.attr not in holder.inner:
            if holder.shape is Shape.LIST:
                raise _Wrong(
                    f"“{holder.name}”是一组，不能直接取“{node.attr}”",
                    f"请先写 {{% for 项 in {holder.name} %}}，再用 项.{node.attr}",
                )
            raise _unknown(node.attr, holder.inner, holder.name or holder.path)
        self._guarded(holder)
        return holder.inner[node.attr]

    def _filtered(self, node: nodes.Filter) -> Field:
        if node.node is not None:
            given = self._value(node.node)
            self._guarded(given)
            if (given.shape is Shape.LIST) is not (node.name in _FILTERED):
                raise _Wrong(f"过滤器 {node.name} 不能用在“{given.name}”上", "各过滤器的用处见字段说明")
            if node.name == "names":
                self._check_names(node, given)
        return _RESULTS.get(node.name, _TEXT)

    def _check_names(self, node: nodes.Filter, rows: Field) -> None:
        wanted = node.args[0].value if node.args and isinstance(node.args[0], nodes.Const) else None
        inner: Mapping[str, Field] = rows.item.inner if rows.item else {}
        if wanted not in inner:
            raise _unknown(str(wanted), inner, rows.name)

    def _guarded(self, named: Field) -> None:
        """Raise _Wrong for what may be absent unless an if around it asks whether it is there."""
        if named.may_be_absent and not any(named.path in block.asked for block in self._blocks):
            shown = named.name if "." in named.path else named.path
            raise _Wrong(
                f"“{named.name}”有时没有，直接使用会使文件生成不了",
                f"请放在 {{% if {shown} %}} 和 {{% endif %}} 之间",
            )


def _parts(node: nodes.Node) -> Iterator[nodes.Node]:
    """Yield the conditions joined by and/or, one by one."""
    if isinstance(node, nodes.And | nodes.Or):
        yield from _parts(node.left)
        yield from _parts(node.right)
    else:
        yield node


def _attached(node: nodes.Node) -> set[str]:
    """Return the paths that `'publicity' in attached` asks for: the attachment, and what it is made from."""
    if isinstance(node, nodes.Compare) and isinstance(node.expr, nodes.Const):
        return {f"{ATTACHED}.{node.expr.value}", str(node.expr.value)}
    return set()


def _unknown(name: str, known: Mapping[str, Any], holder: str = "") -> _Wrong:
    near = get_close_matches(name, known, 1, 0.6)
    within = f"“{holder}”里" if holder else ""
    return _Wrong(f"{within}没有字段“{name}”", f"是不是“{near[0]}”？{_SEE}" if near else _SEE)


def _parsed(source: str, wanted: type[nodes.Node]) -> Any:
    """Return the one node of *source*; raises _Wrong for what Jinja or our list refuses."""
    try:
        body = parsed(source, FILTERS).body
    except NotAllowedInTemplateError as refusal:
        raise _Wrong(f"模板里不能使用“{refusal.name}”", _ALLOWED) from None
    except (TemplateSyntaxError, TemplateError):
        raise _Wrong("标签写法不对", "请检查括号、引号和空格，照字段说明里的例子写") from None
    if len(body) != 1 or not isinstance(body[0], wanted):
        raise _Wrong("标签写法不对", "一个标签里只能写一个字段或一个条件")
    return body[0]
