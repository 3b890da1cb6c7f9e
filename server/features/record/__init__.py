"""A household's own record: what is kept of it, who looked, and what it corrects itself."""
