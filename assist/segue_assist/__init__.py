"""Explain and comment code."""
