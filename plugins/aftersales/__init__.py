"""A branch answers service calls in time and renews contracts before they end."""
