"""The application inventory: what is known of each application, how it lives, and what citizens find of it.

An application is a subject like any other: its owner says what is true (census, record), somebody else decides about its
life, and its record can prove an indicator.
"""
