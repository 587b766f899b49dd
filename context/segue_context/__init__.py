"""What the model should see: index, retrievers, edit history, statistical engine, privacy."""
