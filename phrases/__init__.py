"""Every English sentence about a verdict, a tie or a person, made from typed values. Imports models only."""
