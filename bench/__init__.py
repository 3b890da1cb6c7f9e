"""What Stairwell costs, as ratios to something else measured in the same minutes."""
