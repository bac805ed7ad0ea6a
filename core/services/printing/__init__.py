"""Papers: what the screens know, printed as the forms staff and customers sign (XX-06)."""
