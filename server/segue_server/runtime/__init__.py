"""The process: folders, logs, background tasks, and when it ends."""
