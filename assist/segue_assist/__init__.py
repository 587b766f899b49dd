"""Explain and comment code: prompts as files, answers checked, and comments that cannot change the code."""

from __future__ import annotations

from segue_assist._assist_request import Answer, AssistRequest
from segue_assist._assistant import Assistant
from segue_assist._errors import AssistError
from segue_assist._git import staged_diff, working_diff
from segue_assist._guarantee import same_code
from segue_assist._places import Places, SymbolPlace
from segue_assist._prompts import VARIABLES, Prompt, PromptLibrary
from segue_assist._types import CommentEdit, Privacy, Target, Usage

__all__ = [
    "VARIABLES",
    "Answer",
    "AssistError",
    "AssistRequest",
    "Assistant",
    "CommentEdit",
    "Places",
    "Privacy",
    "Prompt",
    "PromptLibrary",
    "SymbolPlace",
    "Target",
    "Usage",
    "same_code",
    "staged_diff",
    "working_diff",
]
