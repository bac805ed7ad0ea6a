"""Audit: who changed which field from what to what, who looked at what is confidential, and why."""
