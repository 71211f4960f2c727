"""A small season with caps that are really hit: whatever is done in it, in any order or at once, DOMAIN 15 holds."""
