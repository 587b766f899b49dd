"""Getting the doc comment out of whatever a model answered.

A model asked for a doc comment answers with the comment, the comment in a fence, the whole function with the comment
in it (changed or cut off), any of these with talk around, or with talk alone. Only comment text is ever taken; code
in the answer is looked at to find the comment and to see that it is about the right definition.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

from segue_assist._directives import is_directive
from segue_assist._docreader import parse_doc
from segue_assist._documented_file import DocumentedFile
from segue_assist._errors import AssistError
from segue_model import without_reasoning
from segue_syntax import Language, language_of

_CONTROL = re.compile(r"<\|[^|>\n]{1,40}\|>|</s>|<s>|\[/?INST\]")
FENCE = re.compile(r"^(?P<indent>[ \t>]*)(?P<marks>`{3,}|~{3,})(?P<info>[^\n`]*)$", re.MULTILINE)
_TRIPLE = re.compile(r"(?P<prefix>[rRuU]{0,2})(?P<quotes>\"\"\"|''')")
_HEAD_ONLY = re.compile(
    r"\s*(?:@[^\n]*\n\s*)*(?:async\s+)?(?:def|class)\b(?:[^:\n]|:(?!\s*\n)|\n(?!\s*\n))*:\s*$"
)
_CHAT = re.compile(
    r"^(?:sure|certainly|of course|okay|ok[,.! ]|yes[,.! ]|no[,.! ]|here(?:'s| is| are)|i\b|i'|as an ai|sorry|unfortunately|"
    r"this (?:function|method|class|code|snippet|block|program|file|script|implementation|looks|is)\b|"
    r"the (?:code|function|method|snippet|above|following|given|provided)\b|it (?:seems|looks|appears)|"
    r"great|thanks|thank you|let(?:'s| me)|you\b|we\b|below\b|hello|hi[,! ]|to (?:document|add|write)\b|note that)",
    re.IGNORECASE,
)
_CHATTY = re.compile(
    r"\b(?:I(?:'m|'ve|'ll| am| have| can| would| cannot| can't)|let me know|feel free|your code|you (?:can|could|should|want|need|may|might)|hope this|"
    r"in summary|please provide|happy to)\b",
    re.IGNORECASE,
)
_HEADLINE = re.compile(r"[^\n]{6,100}[.]\n\n\S")  # a summary of one line, an empty line, details
_CODE_LINE = re.compile(
    r"[;{}]\s*$|^\s*(?:def|class|return|import|from|if|for|while|func|fn|let|const|var|public|private|static|end|self\.)\b.*"
    r"[:({;=]|^\s*\w[\w.]*\s*(?:=|\+=|:=)\s*\S|^\s*\w[\w.]*\([^)]*\)\s*;?\s*$|^\s*(?:return|end|pass|break)\b.{0,40}$"
)


@dataclass(frozen=True, slots=True)
class DocAnswer:
    """The doc comment of an answer without its delimiters; `complete` is False where the answer was cut off in it."""

    text: str
    complete: bool = True


def clean_answer(answer: str) -> str:
    """Return an answer without reasoning, control tokens and stray line ends."""
    answer = _CONTROL.sub("", without_reasoning(answer))
    return answer.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "").strip("\n")


def doc_from_answer(
    answer: str, *, language_id: str, name: str, words: frozenset[str], container: str = "", cut: bool = False
) -> DocAnswer:
    """Return the doc comment in `answer` for the definition `name`, whose identifiers are `words`.

    `cut` says that the model was stopped by its token limit. Raises `AssistError` (empty_answer, prose, other_code,
    cut_off) when there is none that can be used.
    """
    answer = clean_answer(answer)
    if not answer.strip():
        raise AssistError("empty_answer", "The model answered nothing; nothing was changed.")
    blocks = fenced_blocks(answer)
    code_seen = False
    for text, closed in [*blocks, *([] if blocks else [(answer, not cut)])]:
        found = _doc_in_code(text, language_id, name, container, cut=cut)
        if found is not None:
            return found
        code_seen = code_seen or _is_code(text, language_id, name)
        if blocks and not _is_code(text, language_id, name) and _is_doc_text(text, fenced=True):
            return DocAnswer(_undecorated(text, language_id), complete=closed)
    if blocks:
        found = _doc_in_code(_without_blocks(answer), language_id, name, container, cut=cut)
        if found is not None:
            return found
    elif not code_seen and _is_doc_text(answer, fenced=False):
        return DocAnswer(_undecorated(answer, language_id), complete=not cut)
    if code_seen:
        if words and not _is_about(answer, name, words):
            raise AssistError(
                "other_code",
                "The model answered with other code instead of a doc comment; nothing was changed.",
            )
        raise AssistError(
            "other_code", "The model answered with code but without a doc comment; nothing was changed."
        )
    if cut:
        raise AssistError(
            "cut_off", "The model's answer was cut off before its doc comment; nothing was changed."
        )
    raise AssistError("prose", "The model answered with prose instead of a doc comment; nothing was changed.")


def fenced_blocks(answer: str) -> list[tuple[str, bool]]:
    """Return the contents of the fences of `answer`, each with whether it was closed."""
    blocks: list[tuple[str, bool]] = []
    opened: re.Match[str] | None = None
    for match in FENCE.finditer(answer):
        if opened is None:
            opened = match
        elif match["marks"].startswith(opened["marks"]) and not match["info"].strip():
            if _inside_comment(answer[opened.end() : match.start()]) and _closes_later(answer, match.end()):
                continue
            blocks.append((answer[opened.end() + 1 : match.start()], True))
            opened = None
    if opened is not None:
        rest = answer[opened.end() + 1 :]
        if rest.strip() or not blocks:
            blocks.append((rest, False))
    return [(text.strip("\n"), closed) for text, closed in blocks if text.strip()]


def _inside_comment(text: str) -> bool:
    """Return whether a docstring or block comment is open at the end of `text`, so that a fence there is its own."""
    return text.count('"""') % 2 == 1 or text.count("'''") % 2 == 1 or text.count("/*") > text.count("*/")


def _closes_later(answer: str, position: int) -> bool:
    return FENCE.search(answer, position) is not None


def _without_blocks(answer: str) -> str:
    lines = []
    inside = False
    for line in answer.split("\n"):
        if FENCE.match(line):
            inside = not inside
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def _doc_in_code(text: str, language_id: str, name: str, container: str, *, cut: bool) -> DocAnswer | None:
    """Return the doc comment that `text` has for `name`; comments inside code are none."""
    text = textwrap.dedent(text if language_of(language_id).documentation.docstring else text.expandtabs(4))
    source = DocumentedFile(text, language_id)
    if source.parsed:
        definition = source.named(name, container)
        if definition is not None and definition.doc and not definition.broken:
            return DocAnswer(undelimited(definition.doc, language_id))
        if definition is not None and not definition.broken and not _opens_with_docstring(text, language_id):
            return None
    found_by = (
        _first_docstring(text, language_id),
        _first_block(text, language_id, name),
        _first_lines(text, language_id, name),
    )
    for found in found_by:
        if found is not None and found.text.strip():
            ends_here = text.rstrip().endswith(found.text.rstrip().rsplit("\n", 1)[-1].strip())
            return DocAnswer(found.text, complete=found.complete and not (cut and ends_here))
    return None


def _opens_with_docstring(text: str, language_id: str) -> bool:
    """Return whether nothing but the head of a definition stands before the first docstring, however indented."""
    opening = _TRIPLE.search(text) if language_of(language_id).documentation.docstring else None
    return opening is not None and _HEAD_ONLY.match(text[: opening.start()]) is not None


def _stands_before(text: str, start: int, end: int, name: str) -> bool:
    """Return whether a comment at `start`..`end` documents: no code stands before it, or the name follows it."""
    if not any(_CODE_LINE.search(line) for line in text[:start].split("\n")):
        return True
    following = [line for line in text[end:].split("\n")[1:] if line.strip()]
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", line) for line in following[:3])


def _first_docstring(text: str, language_id: str) -> DocAnswer | None:
    opening = next((match for match in _TRIPLE.finditer(text) if _may_open(text, match.start())), None)
    if opening is None or (
        not language_of(language_id).documentation.docstring
        and not text.lstrip().startswith(("def ", '"""', "'''", "async def"))
    ):
        return None
    line_before = text[: opening.start()].rstrip().rsplit("\n", 1)[-1]
    if (
        not line_before.endswith(":")
        and not line_before.lstrip().startswith("#")
        and set(line_before) & {"=", "("}
    ):
        return None  # a string in an assignment or a call is no docstring
    quotes = opening["quotes"]
    rest = text[opening.end() :]
    end = _closing(rest, quotes)
    if end is None:
        return DocAnswer(_dedent_docstring(rest), complete=False)
    return DocAnswer(_dedent_docstring(rest[:end]))


def _may_open(text: str, at: int) -> bool:
    """Whether quotes at `at` may open a docstring: they begin their line, or stand behind the head of a definition."""
    before = text[text.rfind("\n", 0, at) + 1 : at].strip()
    return not before or (before.endswith(":") and before.startswith(("def ", "class ", "async ")))


def _closing(rest: str, quotes: str) -> int | None:
    """Return where the docstring ends: at quotes that end their line, so that quotes inside it do not count."""
    at = -1
    last = None
    while (at := rest.find(quotes, at + 1)) >= 0:
        line_end = rest.find("\n", at)
        tail = rest[at + 3 : line_end if line_end >= 0 else len(rest)].strip()
        if not tail or tail.startswith("#"):
            following = rest[line_end + 1 :] if line_end >= 0 else ""
            if following.count(quotes) % 2 == 0 or not following.strip():
                return at
            return _last_of_pair(rest, quotes, at)
        last = at if last is None else last
    return last


def _last_of_pair(rest: str, quotes: str, first: int) -> int:
    """Return `first`, or later closing quotes alone on their line when no code stands between."""
    at = first
    while (at := rest.find(quotes, at + 1)) >= 0:
        line_start = rest.rfind("\n", 0, at) + 1
        line_end = rest.find("\n", at)
        line = rest[line_start : line_end if line_end >= 0 else len(rest)].strip()
        if line == quotes and not any(
            _CODE_LINE.search(row) for row in rest[first + 3 : line_start].split("\n")
        ):
            return at
    return first


def _first_block(text: str, language_id: str, name: str) -> DocAnswer | None:
    blocks = [opening for opening, _ in language_of(language_id).block_comments]
    if "/*" not in blocks and "/**" not in text:
        return None
    start = text.find("/**")
    start = start if start >= 0 else text.find("/*!")
    start = start if start >= 0 else (text.find("/*") if text.lstrip().startswith("/*") else -1)
    if start < 0:
        return None
    end = next(
        (
            match.start()
            for match in re.finditer(r"\*/(?=[ \t]*$)", text, re.MULTILINE)
            if match.start() > start
        ),
        -1,
    )
    end = end if end >= 0 else text.find("*/", start + 2)
    if not _stands_before(text, start, end if end >= 0 else len(text), name):
        return None
    content = text[start + 2 : end if end >= 0 else len(text)].lstrip("*!")
    return DocAnswer(_margin_removed(content), complete=end >= 0)


def _first_lines(text: str, language_id: str, name: str) -> DocAnswer | None:
    for prefix in _line_prefixes(language_of(language_id)):
        run: list[str] = []
        offset = start = end = 0
        for line in text.split("\n"):
            stripped = line.strip()
            if stripped.startswith(prefix) and not stripped.startswith("#!"):
                start = start if run else offset
                end = offset + len(line)
                if not is_directive(stripped):
                    run.append(stripped[len(prefix) :])
            elif run:
                break
            offset += len(line) + 1
        if run and _stands_before(text, start, end, name):
            return DocAnswer(textwrap.dedent("\n".join(run)).strip("\n"))
    return None


def _line_prefixes(language: Language) -> tuple[str, ...]:
    """Return what the lines of a doc comment may start with, the longest first."""
    rules, plain = language.documentation, language.line_comment or "//"
    if plain == "//" and not rules.line_runs:
        return "///", "//!", "//"
    return (rules.prefix, plain) if rules.prefix.startswith(plain) and rules.prefix != plain else (plain,)


def undelimited(doc: str, language_id: str) -> str:
    """Return the text of the doc comment `doc` (as it stands in a file) without delimiters and margin."""
    stripped = doc.strip()
    if language_of(language_id).documentation.docstring:
        opening = _TRIPLE.match(stripped)
        if opening is not None:
            return _dedent_docstring(stripped[opening.end() :].removesuffix(opening["quotes"]))
        plain = re.match(r"[rRuU]{0,2}(['\"])(.*)\1$", stripped, re.DOTALL)
        return plain[2] if plain else stripped
    if stripped.startswith("/*"):
        parts = re.findall(r"/\*+!?(.*?)\*/", stripped, re.DOTALL)
        return _margin_removed("\n".join(parts))
    comment = language_of(language_id).line_comment
    pattern = re.compile(rf"^\s*(?:///|//!|---|{re.escape(comment)}) ?" if comment else r"^\s*///? ?")
    lines = [pattern.sub("", line) for line in doc.split("\n") if not is_directive(line.strip())]
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _dedent_docstring(text: str) -> str:
    first, _, rest = text.partition("\n")
    return f"{first.strip()}\n{textwrap.dedent(rest.expandtabs(4))}".strip("\n").rstrip()


def _margin_removed(text: str) -> str:
    lines = [re.sub(r"^\s*\*(?!\*) ?", "", line).rstrip() for line in text.split("\n")]
    if not any(re.match(r"^\s*\*(?!\*)", line) for line in text.split("\n")):
        lines = _dedent_docstring(text).split("\n")
    lines[0] = lines[0].strip()
    return "\n".join(lines).strip("\n")


def _undecorated(text: str, language_id: str) -> str:
    """Return plain doc text without a lead-in line that introduces it."""
    text = textwrap.dedent(text.expandtabs(4)).strip()
    opening = _TRIPLE.match(text)
    if opening is not None:
        text = text[opening.end() :].removesuffix(opening["quotes"]).strip()
    lines = text.split("\n")
    if len(lines) > 1 and lines[0].rstrip().endswith(":") and _CHAT.match(lines[0].strip()):
        text = "\n".join(lines[1:]).strip("\n")
    comment = language_of(language_id).line_comment
    if comment and all(line.strip().startswith(comment) for line in text.split("\n") if line.strip()):
        text = undelimited(text, language_id)
    return text


def _is_code(text: str, language_id: str, name: str) -> bool:
    """Return whether `text` is code: because it defines something, by its lines, or by its marks."""
    source = DocumentedFile(text, language_id)
    if source.parsed and any(not entry.broken or entry.name == name for entry in source.definitions()):
        return True
    return not _is_structured(text) and looks_like_code(text)


def looks_like_code(text: str) -> bool:
    """Return whether `text` is code rather than prose, by its lines and its marks."""
    lines = [line for line in text.split("\n") if line.strip()]
    if sum(1 for line in lines if _CODE_LINE.search(line)) * 3 >= len(lines) > 0:
        return True
    prose = re.sub(r"`[^`\n]*`", "", text)
    return sum(prose.count(mark) for mark in "(){};=<>") * 14 > len(prose)


def _is_structured(text: str) -> bool:
    doc = parse_doc(text)
    return bool(doc.params or doc.returns or doc.yields or doc.raises)


def _is_doc_text(text: str, *, fenced: bool) -> bool:
    """Return whether undelimited `text` is a doc comment rather than talk."""
    doc = parse_doc(text)
    lead = text.strip().split("\n", 1)[0]
    if _is_structured(text):
        return not (_CHAT.match(doc.summary) and not lead.rstrip().endswith(":")) and not _CHATTY.search(text)
    if _CHATTY.search(text) or _CHAT.match(text.strip()):
        return False
    words = len(text.split()) + sum(not character.isascii() for character in text) // 2
    sentences = len(re.findall(r"[.!?](?:\s|$)", text))
    if fenced or _HEADLINE.match(text.strip()):
        return 2 <= words <= 120
    return 2 <= words <= 45 and sentences <= 2 and "\n\n" not in text


def _is_about(answer: str, name: str, words: frozenset[str]) -> bool:
    said = set(re.findall(r"[^\W\d]\w*", answer))
    return name in said or len(said & words) * 3 >= len(words)
