"""Seeing a cassette's window and lines on a photo, by classical image processing.

1. `seek`: a small copy of the photo is turned in steps, and at every place a window of each length
   is tried: four straight edges, calm and bright plastic all around, no edges lengthwise inside.
2. `fit`: the likeliest few are turned, moved and stretched until their edges are sharpest.
3. `well`: below its window a cassette has a well for the sample. It tells a window from a printed
   box, and the control line's end from the other.
4. `lines`: across the straightened strip light is averaged, what is uneven about it taken away,
   and in two places the darkest spot as wide as a line is sought.

Angles are radians, lengths pixels, light is 0 to 1. It takes NumPy, which only the darkroom's
process loads.
"""
