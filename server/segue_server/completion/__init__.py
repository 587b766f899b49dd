"""One completion, from the trigger to the answer."""
