"""One small file a provider: how its server is spoken to."""
