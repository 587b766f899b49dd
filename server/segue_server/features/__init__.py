"""One module per LSP feature: each translates between the protocol and the rooms, and nothing else."""
