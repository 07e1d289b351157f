"""Charts as SVG: numbers and words in, one SVG text out. The room knows no other room.

Every chart has its message as a title, its units, a description for a screen reader, and can be read without colour.
"""
