"""How long what is kept of people is kept, and turning it into totals when its time is over."""
