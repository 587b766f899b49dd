"""The messages of explaining, commenting and changing code (docs/assist.md, docs/edit.md)."""

from __future__ import annotations

from typing import Any, Final

import attrs
from lsprotocol import types  # noqa: TC002 - the converter resolves the annotations below

from segue_server.lsp.messages import DocumentReference  # noqa: TC001 - as above

EXPLAIN: Final = "segue/explain"
COMMENT: Final = "segue/comment"
COMMIT_MESSAGE: Final = "segue/commitMessage"
ASK: Final = "segue/ask"
EDIT: Final = "segue/edit"
TESTS: Final = "segue/tests"
EXPLAIN_COMMAND: Final = "segue.assist.explain"
COMMENT_COMMAND: Final = "segue.assist.comment"
COMMIT_MESSAGE_COMMAND: Final = "segue.assist.commitMessage"
EDIT_COMMAND: Final = "segue.assist.edit"
TESTS_COMMAND: Final = "segue.assist.tests"


@attrs.define
class ExplainParams:
    """What to explain: a range, the symbol at a position, the whole document, a problem, or a change."""

    text_document: DocumentReference | None = None
    range: types.Range | None = None
    position: types.Position | None = None
    diagnostic: str | None = None
    diff: str | None = attrs.field(
        default=None, validator=attrs.validators.optional(attrs.validators.in_(("staged", "working")))
    )
    action: str | None = None
    partial_result_token: Any = None
    work_done_token: Any = None


@attrs.define
class CommentParams:
    """What to comment: the definition at a position or of a range, or the lines of a range inside one."""

    text_document: DocumentReference
    range: types.Range | None = None
    position: types.Position | None = None
    action: str | None = None
    work_done_token: Any = None


@attrs.define
class CommitMessageParams:
    """Which repository: that of a document or folder, the first workspace folder by default."""

    uri: str | None = None
    action: str | None = None
    work_done_token: Any = None


@attrs.define
class AskedBefore:
    """A question of the same conversation, with its answer."""

    question: str
    answer: str


@attrs.define
class AskParams:
    """A question about the repository of a document or folder `uri`, the first workspace folder by default.

    `range` is what is selected in the document, which the question is about. `model` False asks the index alone. `thread` is
    the conversation so far, oldest first.
    """

    question: str
    uri: str | None = None
    range: types.Range | None = None
    limit: int | None = None
    model: bool | None = None
    thread: list[AskedBefore] | None = None
    partial_result_token: Any = None
    work_done_token: Any = None


@attrs.define
class EditParams:
    """What to change and how: a range, the definition at a position, or the whole document."""

    text_document: DocumentReference
    instruction: str = ""
    range: types.Range | None = None
    position: types.Position | None = None
    diagnostic: str | None = None
    action: str | None = None
    partial_result_token: Any = None
    work_done_token: Any = None


@attrs.define
class TestsParams:
    """What to test: the function or class at a position or of a range."""

    __test__ = False

    text_document: DocumentReference
    range: types.Range | None = None
    position: types.Position | None = None
    action: str | None = None
    work_done_token: Any = None
