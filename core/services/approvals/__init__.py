"""Approvals: what one person may not decide alone, asked, decided by others, and used once."""
