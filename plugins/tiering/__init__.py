"""A branch sees which customers are worth most, as grades A, B and C by rule."""
