"""The assistant's service: explaining, commenting and commit messages, for editors and the command line."""
