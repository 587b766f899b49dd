"""Retrievers: each finds one kind of code that helps at a cursor."""
