"""The messages of explaining and commenting (docs/assist.md)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import attrs
from lsprotocol import types  # noqa: TC002 - the converter resolves the annotations below

from segue_server.messages import DocumentReference  # noqa: TC001 - as above

if TYPE_CHECKING:
    from segue_assist import Usage

EXPLAIN: Final = "segue/explain"
COMMENT: Final = "segue/comment"
COMMIT_MESSAGE: Final = "segue/commitMessage"
EXPLAIN_COMMAND: Final = "segue.assist.explain"
COMMENT_COMMAND: Final = "segue.assist.comment"
COMMIT_MESSAGE_COMMAND: Final = "segue.assist.commitMessage"


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


def camel_fields(usage: Usage) -> dict[str, Any]:
    """Return what an answer cost in the spelling of the protocol; times in milliseconds."""
    fields = asdict(usage)
    fields.pop("model")
    spelled = {}
    for name, value in fields.items():
        head, *rest = name.split("_")
        key = head + "".join(part.capitalize() for part in rest)
        spelled[key] = round(value, 1) if isinstance(value, float) else value
    return spelled
