"""Sales: orders, deliveries, invoices and money, from the draft to the last fen."""
