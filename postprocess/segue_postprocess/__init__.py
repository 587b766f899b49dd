"""From a model's raw answer to what a careful engineer would have typed."""
