"""Quality and speed benchmarks, and the engines as filters (`segue eval`)."""
