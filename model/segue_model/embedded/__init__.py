"""The embedded engine: llama.cpp in a process of its own, one per user, shared by all their servers."""
