"""A branch remembers its customers: birthdays, solar and lunar, become activities."""
