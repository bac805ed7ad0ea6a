"""Search: find a record by two Chinese characters, pinyin, initials, a number or a phone's end."""
