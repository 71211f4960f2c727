"""The platforms: each hears, shows and sends in its own folder, around the same turn."""
