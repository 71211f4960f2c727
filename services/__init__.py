"""The domain: what may happen, what it costs, and what is kept. Imports nothing above it."""
