"""A branch gives its customers stamp cards: each order earns a stamp, a full card a gift."""
