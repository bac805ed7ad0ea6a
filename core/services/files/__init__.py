"""Files of records: taken in by what they are, given out safely, removed with a reason."""
