"""The languages that Segue knows, one a file: each module lists its `Language` values in ``LANGUAGES``."""
