"""The statistical engine: suffix matches, look-alike lines and local n-grams, weighed by a small logistic model."""
