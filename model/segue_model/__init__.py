"""The model client: providers, prompt formats, streaming, embedded engines."""
