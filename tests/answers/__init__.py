"""Right answers to the exercises in other styles, and which inputs a mistake needs."""
