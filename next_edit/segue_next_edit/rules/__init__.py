"""The rules: each one way to know, without a model, what comes next."""
