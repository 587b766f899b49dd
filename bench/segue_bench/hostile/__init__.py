"""The hostile campaign: inputs that try to run something, to hold the server, to kill it or to make it tell."""
