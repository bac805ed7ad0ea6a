"""A branch sells on account within a limit, exact however many sell at once."""
