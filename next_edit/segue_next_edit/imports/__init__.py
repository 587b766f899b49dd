"""What a file has to import, where it comes from, and how its import statements are changed."""
