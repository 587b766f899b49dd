"""What the signature and the body of a definition say, so that a doc comment can be checked against them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from segue_assist._definition_nodes import decoded
from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from tree_sitter import Node

_NAME_TYPES = frozenset(
    {
        "identifier",
        "field_identifier",
        "shorthand_property_identifier_pattern",
        "variable_name",
        "simple_identifier",
        "name",
        "self",
        "constant",
    }
)
_PARAMETER_LISTS = (
    "parameters",
    "formal_parameters",
    "parameter_list",
    "method_parameters",
    "function_value_parameters",
    "class_parameters",
)
_RAISING = frozenset({"raise_statement", "throw_statement", "throw_expression"})
_WORD = re.compile(r"[^\W\d]\w*")
_NO_VALUE = frozenset(
    {"void", "None", "Unit", "()", "Void", "undefined", "never", "NoReturn", "Never", "Promise<void>", "Task"}
    | {"ValueTask", "std::void_t", "-> None", "Promise<never>"}
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: `name` as the body uses it ("" for a pattern), `inner` the names a pattern binds."""

    name: str
    type: str = ""
    inner: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What can be said of a definition without guessing.

    `parameters` is None where the definition takes none by nature (a class without constructor, an enum).
    `returns` is None when it cannot be told. `raised` are the names in raise and throw statements of the body,
    `reraises` is set when the body raises something that has no name there, `words` are all its identifiers, `generics` its type parameters.
    """

    parameters: tuple[Parameter, ...] | None = None
    returns: bool | None = None
    return_type: str = ""
    yields: bool = False
    raised: tuple[str, ...] = ()
    reraises: bool = False
    words: frozenset[str] = frozenset()
    generics: frozenset[str] = frozenset()


def facts_of(node: Node, kind: str, language_id: str) -> Facts:
    """Return the facts of the definition `node`."""
    text = decoded(node)
    words = frozenset(_WORD.findall(text))
    if kind in {"class", "struct", "interface", "trait", "enum", "type", "constant", "module", "property"}:
        parameters = None
        constructor = _constructor(node, language_id)
        if constructor is not None:
            parameters = _parameters(constructor, language_id)
        return Facts(parameters=parameters, returns=None, words=words, generics=_generics(node))
    body = node.child_by_field_name("body")
    return_type = _return_type(node, language_id)
    raised: list[str] = []
    reraises = False
    for statement in _own(node, language_id):
        if statement.type in _RAISING or _is_call_of_raise(statement, language_id):
            name = _raised_name(statement)
            if name and name not in raised:
                raised.append(name)
            reraises = reraises or not name or name[0].islower()
        elif statement.type == "throws":
            raised.extend(name for name in _WORD.findall(decoded(statement))[1:] if name not in raised)
    yields = any("yield" in inner.type for inner in _own(node, language_id))
    return Facts(
        parameters=_parameters(node, language_id),
        returns=_returns(node, body, kind, return_type, language_id),
        return_type=return_type,
        yields=yields and language_of(language_id).documentation.yields,
        raised=tuple(raised),
        reraises=reraises,
        words=words,
        generics=_generics(node),
    )


def _generics(node: Node) -> frozenset[str]:
    """Return the names of the type parameters, those of a template around included."""
    around = [node, *([node.parent] if node.parent is not None and "template" in node.parent.type else [])]
    lists = [
        child
        for one in around
        for child in one.named_children
        if "type_parameter" in child.type or child.type == "template_parameter_list"
    ]
    written = [decoded(parameter) for one in lists for parameter in (one.named_children or [one])]
    words = (
        _WORD.findall(text.partition(":")[0].partition("=")[0].partition(" extends ")[0]) for text in written
    )
    return frozenset(found[-1] for found in words if found)


@lru_cache(maxsize=64)
def _owners(language_id: str) -> frozenset[str]:
    """Return the nodes of functions and classes, whose returns and raises are their own."""
    rules = language_of(language_id).scopes
    nodes = rules.nodes.items() if rules is not None else ()
    return frozenset(node for node, words in nodes if {"scope=function", "scope=class"} & set(words.split()))


def _own(node: Node, language_id: str) -> Iterator[Node]:
    """Yield the nodes below `node` that are not inside another function."""
    owners = _owners(language_id)
    stack = list(reversed(node.children))
    while stack:
        current = stack.pop()
        yield current
        if current.type not in owners:
            stack.extend(reversed(current.children))


def _find_parameter_list(node: Node) -> Node | None:
    for name in ("parameters", "parameter"):
        for listed in node.children_by_field_name(name):
            if listed.type != "type_parameters":  # Scala's are called parameters too
                return listed
    declarator = node.child_by_field_name("declarator")
    while declarator is not None:
        found = declarator.child_by_field_name("parameters")
        inner = declarator.child_by_field_name("declarator")
        if found is not None and (inner is None or inner.child_by_field_name("parameters") is None):
            return found
        declarator = inner or next((c for c in declarator.named_children if "declarator" in c.type), None)
    for child in node.named_children:
        if child.type in _PARAMETER_LISTS or child.type in {"primary_constructor", "class_parameters"}:
            return child
    return None


def _parameters(node: Node, language_id: str) -> tuple[Parameter, ...] | None:
    rules = language_of(language_id).documentation
    listed = _find_parameter_list(node)
    if rules.labelled_parameters:
        parameters = [child for child in node.named_children if child.type == "parameter"]
        return tuple(filter(None, (_parameter(child, language_id) for child in parameters)))
    if listed is None:
        return None if rules.unlisted_parameters else ()
    if not listed.named_children and listed.type in _NAME_TYPES:
        return (Parameter(decoded(listed)),)  # x => ...
    found: list[Parameter] = []
    # `params T[] name` of C# stands in the list without a node of its own
    loose = listed.children_by_field_name("name")
    skipped = {child.id for child in (*loose, *listed.children_by_field_name("type"))}
    for child in listed.named_children:
        if (
            child.id in skipped
            or "comment" in child.type
            or "receiver" in child.type
            or child.type in {"self_parameter", "attribute_item", "attribute_list", "modifier"}
        ):
            continue
        names = child.children_by_field_name("name")
        if child.type == "parameter_declaration" and names:
            kind = child.child_by_field_name("type")
            found.extend(Parameter(decoded(name), decoded(kind) if kind else "") for name in names)
            continue
        parameter = _parameter(child, language_id)
        if parameter is not None:
            found.append(parameter)
        elif rules.declarators and decoded(child) not in {"void", "..."}:
            return None  # a parameter without a name may be called anything in the comment
    found.extend(Parameter(decoded(name)) for name in loose)
    if found and found[0].name in rules.receivers:
        found = found[1:]
    return tuple(found)


def _parameter(node: Node, language_id: str) -> Parameter | None:
    if node.type in {"keyword_separator", "positional_separator", "variadic_parameter", "modifiers"} and (
        not node.named_children or node.type == "modifiers"
    ):
        return None
    kind = node.child_by_field_name("type")
    type_text = decoded(kind).lstrip(":").strip() if kind is not None else ""
    target = node
    for field in ("name", "pattern", "declarator", "left"):
        inner = node.child_by_field_name(field)
        if inner is not None:
            target = inner
            break
    else:
        if kind is not None and node.type in {"parameter_declaration", "optional_parameter_declaration"}:
            return None  # a type without a name, as in `int f(void)`
        if node.type in {"typed_parameter", "rest_pattern", "list_splat_pattern", "dictionary_splat_pattern"}:
            target = node.named_children[0] if node.named_children else node
    names = list(_bound_names(target))
    if not names:
        return None
    pattern = target.type.endswith("_pattern") and target.type not in {
        "rest_pattern",
        "list_splat_pattern",
        "dictionary_splat_pattern",
        "mut_pattern",
        "ref_pattern",
    }
    if pattern or target.type in {"destructured_parameter", "tuple"}:
        return Parameter("", type_text, tuple(names))
    labelled = language_of(language_id).documentation.labelled_parameters
    return Parameter(names[-1] if labelled else names[0], type_text)


def _bound_names(node: Node) -> Iterator[str]:
    """Yield the names that `node` binds, leaving default values, types and sizes out."""
    if node.type in _NAME_TYPES and node.type != "self":
        yield decoded(node).lstrip("$")
        return
    skipped: set[int] = set()
    for field in ("type", "value", "default_value", "right", "size", "parameters", "key"):
        skipped.update(child.id for child in node.children_by_field_name(field))
    for child in node.named_children:
        if child.id not in skipped and "type" not in child.type.split("_"):
            yield from _bound_names(child)


def _return_type(node: Node, language_id: str) -> str:
    for field in ("return_type", "result", "returns"):
        found = node.child_by_field_name(field)
        if found is not None:
            return decoded(found).lstrip(":").removeprefix("->").strip()
    if language_of(language_id).documentation.type_before_name:
        found = node.child_by_field_name("type")
        declarator = node.child_by_field_name("declarator")
        if found is not None:
            pointer = "*" if declarator is not None and declarator.type == "pointer_declarator" else ""
            return decoded(found) + pointer
    return ""


def _returns(node: Node, body: Node | None, kind: str, return_type: str, language_id: str) -> bool | None:
    language = language_of(language_id)
    rules = language.documentation
    if kind == "constructor" or _is_called(node, language.constructors):
        return False
    if return_type:
        bare = return_type.replace(" ", "")
        if bare in _NO_VALUE:
            return False
        if not rules.loose_results or body is None:
            return True
    if body is not None and node.type == "arrow_function" and body.type != "statement_block":
        return True
    if rules.declared_results:
        return bool(return_type)
    for statement in _own(node, language_id):
        if statement.type in {"return_statement", "return_expression", "jump_expression"}:
            value = [child for child in statement.named_children if "comment" not in child.type]
            if value and decoded(value[0]) not in {"None", "nil"}:
                return True
    if rules.implicit_result or body is None or return_type:
        return None
    if _only_raises_or_is_empty(body):
        return None  # abstract: the body says nothing of what overriding it returns
    return False


def _only_raises_or_is_empty(body: Node) -> bool:
    statements = [child for child in body.named_children if "comment" not in child.type]
    return all(
        statement.type in _RAISING | {"pass_statement"}
        or (
            statement.type == "expression_statement"
            and len(statement.named_children) == 1
            and statement.named_children[0].type in {"string", "ellipsis", *_RAISING}
        )
        for statement in statements
    )


def _is_called(node: Node, names: Container[str]) -> bool:
    found = node.child_by_field_name("name")
    return found is not None and decoded(found) in names


def _constructor(node: Node, language_id: str) -> Node | None:
    language = language_of(language_id)
    if language.documentation.class_parameters and _find_parameter_list(node) is not None:
        return node
    body = node.child_by_field_name("body")
    for child in body.named_children if body is not None else ():
        inner = child.child_by_field_name("definition") or child
        if _is_called(inner, language.constructors):
            return inner
    return None


def _is_call_of_raise(node: Node, language_id: str) -> bool:
    calls = language_of(language_id).documentation.raising_calls
    if not calls or node.type not in {"call", "identifier"}:
        return False
    method = node.child_by_field_name("method") if node.type == "call" else node
    return method is not None and decoded(method) in calls


def _raised_name(node: Node) -> str:
    """Return the name of what is raised, "" when it has none there, as where a variable is raised again."""
    text = decoded(node)
    match = re.match(r"(?:raise|throw|fail)\b\s*\(?\s*(?:new\s+)?([\w.:\\]+)(?P<call>\s*\()?", text)
    if match is None or (match[1].isidentifier() and match[1][0].islower() and not match["call"]):
        return ""
    return re.split(r"[.:\\]+", match[1].rstrip(".:"))[-1]
