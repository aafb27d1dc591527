"""Pure data, no input or output: the words of the house."""
