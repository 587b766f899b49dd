"""The completion pipeline, from the trigger to the answer; it knows no LSP."""
