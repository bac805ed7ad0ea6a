"""A branch sees which customers are worth most, as levels A, B and C computed by rule."""
