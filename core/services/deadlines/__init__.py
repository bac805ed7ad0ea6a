"""Deadlines: promises on a clock that warn before, tell when they are missed, and say why."""
