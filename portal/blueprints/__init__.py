"""One room for each audience. Rooms never import one another."""
