"""Next edits, from a request to the edits that a client is handed."""
