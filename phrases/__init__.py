"""English sentences made from typed values: actions, changes, verdicts, ties, people. Imports models only."""
