"""A plugin for tests of the kernel: jobs and a subscriber that leave one event a step."""
