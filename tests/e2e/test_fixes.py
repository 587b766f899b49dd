"""Code actions that mend what another server reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import types

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.conftest import Editor

WIDE = "\U0001d4ab"  # one code point, two UTF-16 units, four bytes
CODE = f"{WIDE} = 1\n\n\ndef load(path):\n    return [{WIDE}, paht]\n"


@pytest.mark.asyncio(loop_scope="module")
async def test_a_reported_problem_is_mended_in_the_client_s_units(editor: Editor) -> None:
    uri = editor.open("shop.py", CODE)
    here = types.Range(types.Position(4, 4), types.Position(4, 4))
    problem = types.Diagnostic(range=here, message='"paht" is not defined', source="checker")
    actions = await editor.client.text_document_code_action_async(
        types.CodeActionParams(
            text_document=types.TextDocumentIdentifier(uri),
            range=here,
            context=types.CodeActionContext(diagnostics=[problem]),
        )
    )
    (fix,) = [one for one in actions or [] if one.title == "Segue: Change paht to path"]
    assert isinstance(fix, types.CodeAction)
    assert fix.kind == types.CodeActionKind.QuickFix
    assert fix.edit is not None
    changed = (fix.edit.document_changes or [None])[0]
    edits = changed.edits if isinstance(changed, types.TextDocumentEdit) else (fix.edit.changes or {})[uri]
    (edit,) = edits
    encoding = editor.result.capabilities.position_encoding or types.PositionEncodingKind.Utf16
    unit = {"utf-8": 4, "utf-16": 2, "utf-32": 1}[str(getattr(encoding, "value", encoding))]
    line = f"    return [{WIDE}, pa"
    assert edit.range.start == types.Position(4, len(line) - 1 + unit)


@pytest.mark.asyncio
@pytest.mark.parametrize("declares", [{}, {"problems": True}])
async def test_a_client_that_compares_problems_is_told_to_after_a_fix(
    run: Callable[..., Any], tmp_path: Path, declares: dict[str, bool]
) -> None:
    async with run(tmp_path / "project", declares=declares) as editor:
        uri = editor.open("shop.py", CODE)
        here = types.Range(types.Position(4, 4), types.Position(4, 4))
        actions = await editor.client.text_document_code_action_async(
            types.CodeActionParams(
                text_document=types.TextDocumentIdentifier(uri),
                range=here,
                context=types.CodeActionContext(
                    diagnostics=[types.Diagnostic(range=here, message='"paht" is not defined')]
                ),
            )
        )
        (fix,) = [one for one in actions or [] if one.title == "Segue: Change paht to path"]
        # the converter of the test client takes an action with a command for a command
        wanted = str(
            {"title": "Compare the Problems", "command": "segue.compareProblems", "arguments": [uri, 1]}
        )
        assert fix.command == (wanted if declares else None)
