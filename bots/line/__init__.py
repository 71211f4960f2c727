"""LINE: hears small businesses, shows them what is said, and sends it."""
