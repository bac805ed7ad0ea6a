"""Calendars: when a branch and its teams work, with public holidays and made-up workdays."""
