"""Explain, comment and change code: prompts as files, answers checked, changes that keep to what was asked."""

from __future__ import annotations

from segue_assist._asking import Asking
from segue_assist._assist_request import Answer, AssistRequest
from segue_assist._assistant import Assistant
from segue_assist._change import Change, Replacement, TextEdit, guarded_change
from segue_assist._errors import AssistError
from segue_assist._git import staged_diff, working_diff
from segue_assist._guarantee import same_code
from segue_assist._model_size import inability
from segue_assist._mutation import replaced_body
from segue_assist._places import Places, SymbolPlace
from segue_assist._prompts import VARIABLES, Prompt, PromptLibrary
from segue_assist._test_writer import NewTests, TestRequest, TestWriter
from segue_assist._types import CommentEdit, Privacy, Target, Usage
from segue_assist._unknown_names import UnknownName

__all__ = [
    "VARIABLES",
    "Answer",
    "Asking",
    "AssistError",
    "AssistRequest",
    "Assistant",
    "Change",
    "CommentEdit",
    "NewTests",
    "Places",
    "Privacy",
    "Prompt",
    "PromptLibrary",
    "Replacement",
    "SymbolPlace",
    "Target",
    "TestRequest",
    "TestWriter",
    "TextEdit",
    "UnknownName",
    "Usage",
    "guarded_change",
    "inability",
    "replaced_body",
    "same_code",
    "staged_diff",
    "working_diff",
]
