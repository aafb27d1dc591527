"""The screens: Textual lives here alone and knows only the session and the models."""
