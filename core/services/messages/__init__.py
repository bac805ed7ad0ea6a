"""Messages to customers and staff: texts per branch, channels, an outbox, and what may go when."""
