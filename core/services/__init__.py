"""What several plugins need, one room each, reached through its ``api`` alone."""
