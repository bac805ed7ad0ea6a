"""Demo data: a company of three branches in Chongqing, made up from a fixed seed."""
