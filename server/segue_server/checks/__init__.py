"""Checkers and tests that the user's own settings name, run on a temporary copy of a folder that the user trusts."""

from __future__ import annotations

from segue_server.checks.copy import TooLarge, copied
from segue_server.checks.problems import Comparison, compared
from segue_server.checks.run import Ran, run

__all__ = ["Comparison", "Ran", "TooLarge", "compared", "copied", "run"]
