"""Workspace folders: the engines that serve each, its index, and the files that Segue leaves alone."""
