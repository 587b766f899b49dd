"""Questions about a repository: answered by its index, and by a chat model whose every citation is checked."""

from __future__ import annotations

from segue_assist.ask._asker import AskAnswer, Asker
from segue_assist.ask._citations import Citation

__all__ = ["AskAnswer", "Asker", "Citation"]
