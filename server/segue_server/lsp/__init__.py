"""The Language Server Protocol: the connection, its messages, and the documents an editor has open."""
