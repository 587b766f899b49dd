"""Why an action gives no answer.

AssistError
    every refusal of this room: `reason` is a stable code, `message` one sentence for the user
"""

from __future__ import annotations


class AssistError(Exception):
    """A refusal: nothing is edited, and the user is told why in one sentence.

    `reason` is one of empty_selection, half_definition, no_definition, not_code, too_large, unparsable,
    denied, changed, no_model, unfit_model, model_failed, empty_answer, prose, other_code, cut_off,
    wrong_language, not_documentable, code_would_change, out_of_range, would_break, hidden_text, no_change, no_instruction, read_only, nothing_staged, not_a_repository, unknown_action,
    bad_prompt.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
