"""How long a search takes, from a thousand cases to a million, beside plain SQL in the same run (`make bench-search`)."""
