"""The business entities that plugins extend by tables of their own."""
