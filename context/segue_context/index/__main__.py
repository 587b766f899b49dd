"""Runs the indexing process: `python -m segue_context.index SETTINGS`, started by a server and never by hand."""

from __future__ import annotations

import sys

from segue_context.index._process import main

sys.exit(main(sys.argv[1]))
