"""Activities: what people have to do, from every plugin, and who does it while they are away."""
