"""Ownership: who answers for a customer, with whom beside him, and how that is handed over."""
