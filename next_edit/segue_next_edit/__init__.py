"""Where the user will edit next, and what."""
