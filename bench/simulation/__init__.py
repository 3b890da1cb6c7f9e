"""A morning of testing, simulated: four ways of calling the same residents down."""
